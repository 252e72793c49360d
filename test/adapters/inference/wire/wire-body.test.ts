import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ByteSource } from '../../../../adapters/inference/wire/wire-message.ts';
import type { Bytes } from '../../../../adapters/inference/wire/wire-body.ts';
import {
  base64,
  bodyLength,
  concatenate,
  isByteSource,
  jsonAround,
} from '../../../../adapters/inference/wire/wire-body.ts';
import { encodeMultipart } from '../../../../adapters/inference/wire/multipart.ts';

const sourceOf = (pieces: readonly Uint8Array[]): ByteSource => ({
  length: pieces.reduce((sum, { length }) => sum + length, 0),
  async *open() {
    for (const piece of pieces) yield await Promise.resolve(piece);
  },
});

const read = async (bytes: Bytes): Promise<Buffer> => {
  if (!isByteSource(bytes)) return Buffer.from(bytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Bytes, cut anywhere, also into pieces of none. */
const cut = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 12 });

test('base64 of a source is that of its bytes, wherever it is cut, and as long as it says', async () => {
  await fc.assert(
    fc.asyncProperty(cut, async (pieces) => {
      const source = sourceOf(pieces);
      const encoded = base64(source);
      const whole = Buffer.concat(pieces).toString('base64');
      for (let opened = 0; opened < 2; opened += 1)
        expect((await read(encoded)).toString()).toBe(whole);
      expect(encoded.length).toBe(whole.length);
      expect(Buffer.from(await read(base64(Buffer.concat(pieces)))).toString()).toBe(whole);
    }),
  );
});

test('parts are joined in order, in memory or not, and as long as they say', async () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 9 }).filter((text) => text.isWellFormed()),
    fc.uint8Array({ maxLength: 9 }),
    cut,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
      const joined = concatenate(parts.map((one) => (Array.isArray(one) ? sourceOf(one) : one)));
      const whole = Buffer.concat(
        parts.map((one) => (Array.isArray(one) ? Buffer.concat(one) : Buffer.from(one as string))),
      );
      expect((await read(joined)).equals(whole)).toBe(true);
      expect(bodyLength(joined)).toBe(whole.length);
      expect(isByteSource(joined)).toBe(parts.some((one) => Array.isArray(one)));
    }),
  );
});

test('JSON around bytes is JSON', async () => {
  await fc.assert(
    fc.asyncProperty(cut, fc.string(), async (pieces, name) => {
      const body = jsonAround(`{"name":${JSON.stringify(name)},"audio":"`, sourceOf(pieces), '"}');
      expect(JSON.parse((await read(body)).toString())).toEqual({
        name,
        audio: Buffer.concat(pieces).toString('base64'),
      });
    }),
  );
});

test('multipart of a source is that of its bytes but for the boundary', async () => {
  await fc.assert(
    fc.asyncProperty(cut, fc.string({ maxLength: 9 }), async (pieces, value) => {
      const form = (bytes: Bytes) =>
        encodeMultipart([
          { name: 'model', value },
          { name: 'file', filename: 'chunk.flac', mediaType: 'audio/flac', bytes },
        ]);
      const without = async ({ contentType, body }: ReturnType<typeof encodeMultipart>) => {
        const boundary = contentType.split('boundary=')[1] ?? '';
        expect(boundary).toMatch(/^hansard-[0-9a-f]{40}$/);
        const text = (await read(body)).toString('latin1');
        expect(body.length).toBe(text.length);
        return text.replaceAll(boundary, 'boundary');
      };
      expect(await without(form(sourceOf(pieces)))).toBe(
        await without(form(Buffer.concat(pieces))),
      );
    }),
  );
});

test('nothing is 0 bytes long, and text as long as its bytes', () => {
  expect(bodyLength(null)).toBe(0);
  expect(bodyLength('né')).toBe(3);
});
