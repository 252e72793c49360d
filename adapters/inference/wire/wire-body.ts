import type { ByteSource } from './wire-message.ts';
import { Readable } from 'node:stream';

export type Bytes = Uint8Array | ByteSource;

/** The length of a request's body in bytes. */
export const bodyLength = (body: Bytes | string | null): number =>
  body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;

export const isByteSource = (body: Bytes | string | null): body is ByteSource =>
  typeof body === 'object' && body !== null && !(body instanceof Uint8Array);

/** Joins the parts in order; in memory if all of them are. */
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

/** A JSON object that contains base64, never held as one string: `["{\"a\":\"", base64(x), "\"}"]`. */
export const jsonAround = (before: string, bytes: Bytes, after: string): Bytes =>
  concatenate([before, base64(bytes), after]);

/** The same memory as a Buffer. A Buffer is returned as it is: a view of it costs more than the check. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** UTF-8, several times as fast as a TextDecoder. Like that, it removes a byte order mark. */
export function textOf(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Undefined: not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The data to send could not be read, or had another length than announced. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
}

/**
 * The source as a stream of exactly its length, opened after `begun`. It breaks with `SourceFailure`, always before
 * its last piece: a source that reports damage only at its end must not make a complete body.
 */
export const wholeBody = (source: ByteSource, begun: Promise<void>): Readable =>
  Readable.from(pieces(source, begun), { objectMode: false });

async function* pieces(source: ByteSource, begun: Promise<void>): AsyncGenerator<Uint8Array> {
  await begun;
  let bytes = 0;
  let last: Uint8Array | null = null;
  try {
    for await (const chunk of source.open()) {
      if (chunk.length === 0) continue;
      bytes += chunk.length;
      if (bytes > source.length) break;
      if (last !== null) yield last;
      last = chunk;
    }
  } catch (cause) {
    throw new SourceFailure('the source failed', { cause });
  }
  if (bytes !== source.length)
    throw new SourceFailure('the source has another length than announced', {
      cause: new Error(`${bytes} bytes of ${source.length}`),
    });
  if (last !== null) yield last;
}
