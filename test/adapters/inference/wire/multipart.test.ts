import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMultipart } from '../../../../adapters/inference/wire/multipart.ts';

/** Of parts that lie in memory. */
const bytesOf = ({ body }: ReturnType<typeof encodeMultipart>): Buffer<ArrayBuffer> =>
  Buffer.from(body as Uint8Array);

const decode = async (encoded: ReturnType<typeof encodeMultipart>) =>
  await new Response(bytesOf(encoded), {
    headers: { 'content-type': encoded.contentType },
  }).formData();

test('another reader of multipart reads what was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed()),
      async (bytes, value) => {
        const form = await decode(
          encodeMultipart([
            { name: 'model', value },
            { name: 'file', filename: 'chunk.flac', mediaType: 'audio/flac', bytes },
          ]),
        );
        // FormData takes a leading byte-order mark of a text away.
        expect(form.get('model')).toBe(value.replace(/^\uFEFF/, ''));
        const file = form.get('file') as File;
        expect(file.type).toBe('audio/flac');
        expect(file.name).toBe('chunk.flac');
        expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
      },
    ),
    { numRuns: 60 },
  );
});

test('the same parts are the same bytes, and other parts have another boundary', () => {
  const one = encodeMultipart([{ name: 'a', value: 'b' }]);
  expect(encodeMultipart([{ name: 'a', value: 'b' }])).toEqual(one);
  expect(encodeMultipart([{ name: 'a', value: 'c' }]).contentType).not.toBe(one.contentType);
});

test('a name cannot write headers of its own', async () => {
  const encoded = encodeMultipart([{ name: 'a"\r\nx-evil: 1', value: 'v' }]);
  expect(bytesOf(encoded).toString()).toContain('name="a%22%0D%0Ax-evil: 1"\r\n\r\nv');
});
