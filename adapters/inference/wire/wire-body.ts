import type { ByteSource } from './wire-message.ts';
import { asBuffer } from './as-buffer.ts';

export type Bytes = Uint8Array | ByteSource;

/** Bytes that a request sends, in memory or not. */
export const bodyLength = (body: Bytes | string | null): number =>
  body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;

export const isByteSource = (body: Bytes | string | null): body is ByteSource =>
  typeof body === 'object' && body !== null && !(body instanceof Uint8Array);

/** One after another; in memory where all of them are. */
export function concatenate(parts: readonly (Bytes | string)[]): Bytes {
  const pieces = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const inMemory = pieces.filter((piece) => piece instanceof Uint8Array);
  if (inMemory.length === pieces.length) return Buffer.concat(inMemory);
  return {
    length: pieces.reduce((sum, { length }) => sum + length, 0),
    open: async function* () {
      for (const piece of pieces) {
        if (isByteSource(piece)) yield* piece.open();
        else yield piece;
      }
    },
  };
}

/** Standard base64 with padding and without line breaks: the toolkit decodes strictly. */
export function base64(bytes: Bytes): Bytes {
  if (!isByteSource(bytes)) return Buffer.from(inBase64(bytes));
  return {
    length: Math.ceil(bytes.length / 3) * 4,
    open: async function* () {
      let rest = Buffer.alloc(0);
      for await (const chunk of bytes.open()) {
        const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const whole = joined.length - (joined.length % 3);
        yield Buffer.from(inBase64(joined.subarray(0, whole)));
        rest = Buffer.from(joined.subarray(whole));
      }
      if (rest.length > 0) yield Buffer.from(inBase64(rest));
    },
  };
}

const inBase64 = (bytes: Uint8Array): string => asBuffer(bytes).toString('base64');

/** A JSON object with base64 somewhere in it, without ever holding it as one text: `["{\"a\":\"", base64(x), "\"}"]`. */
export const jsonAround = (before: string, bytes: Bytes, after: string): Bytes =>
  concatenate([before, base64(bytes), after]);
