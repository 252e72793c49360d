import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sniffPicture } from '../../../../../adapters/inference/protocols/reading/picture-reply.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test.each([
  ['image/png', '\x89PNG\r\n\x1a\n and so on'],
  ['image/jpeg', '\xff\xd8\xff\xe0 and so on'],
  ['image/webp', 'RIFF\x10\0\0\0WEBPVP8 and so on'],
])('%s is known by its first bytes', (type, head) => {
  expect(sniffPicture(bytes(head))).toBe(type);
});

test.each(['', '\x89PNG', '\xff\xd8', 'RIFF\x10\0\0\0WAVE', 'GIF89a', '<html>', '{"error":"x"}'])(
  '%j is no picture that we publish',
  (head) => {
    expect(sniffPicture(bytes(head))).toBeNull();
  },
);

test('any bytes have a known type or none', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (some) => {
      expect([null, 'image/jpeg', 'image/png', 'image/webp']).toContain(sniffPicture(some));
    }),
  );
});
