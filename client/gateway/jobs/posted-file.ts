import { errorCodes } from 'fastify';
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InvalidOptionError } from '../../config.ts';
import type { GatewayApp } from '../gateway-app.ts';

/** Gives the bodies of these types to handlers as streams, in this scope: nothing of them is read before. */
export function takeFiles(app: GatewayApp, types: RegExp): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(types, (_request, payload, done) => {
    done(null, payload);
  });
}

/**
 * Writes a posted body to a file of this name, never whole in memory, and has it used; it is removed afterwards. Messages
 * of errors have its name, and not its folder. Throws Fastify's error for a body that is too large.
 */
export async function withPostedFile<T>(
  body: Readable,
  { name, mostBytes }: { readonly name: string; readonly mostBytes: number },
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-'));
  try {
    const path = join(folder, name);
    await pipeline(atMost(mostBytes, body), createWriteStream(path));
    return await use(path);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(`${folder}${sep}`, '');
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const hashes = new WeakMap<Readable, { readonly hash: Hash; isWhole: boolean }>();

/**
 * Has a posted body digested while somebody else reads it, with nothing of it in memory. Returns what asks for its SHA-256
 * (hex); null: it was not read to its end.
 */
export function digestWhileRead(body: Readable): () => string | null {
  const read = { hash: createHash('sha256'), isWhole: false };
  hashes.set(body, read);
  return () => (read.isWhole ? read.hash.copy().digest('hex') : null);
}

/** Reads a body to its end, and keeps nothing of it. Returns its SHA-256 (hex). Throws as `withPostedFile`. */
export async function digestOfPosted(body: Readable, mostBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of atMost(mostBytes, body)) hash.update(block);
  return hash.digest('hex');
}

/**
 * Of a stream that has more, the rest is read and thrown away: with the stream, the connection would be destroyed, and
 * nobody could be told why.
 */
async function* atMost(mostBytes: number, body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  const read = hashes.get(body);
  const blocks: AsyncIterable<unknown> = body.iterator({ destroyOnReturn: false });
  try {
    const said = body instanceof IncomingMessage ? Number(body.headers['content-length']) : 0;
    if (said > mostBytes) throw new TooLargeError();
    for await (const block of blocks) {
      if (!Buffer.isBuffer(block)) throw new TypeError('the body was not read as bytes');
      bytes += block.length;
      if (bytes > mostBytes) throw new TooLargeError();
      read?.hash.update(block);
      yield block;
    }
    if (read !== undefined) read.isWhole = true;
  } finally {
    body.resume();
  }
}

const TooLargeError = errorCodes.FST_ERR_CTP_BODY_TOO_LARGE;

/** As `lastPart`. Throws `InvalidOptionError` where nothing is left. */
export function requiredName(path: string): string {
  const name = lastPart(path);
  if (name !== null) return name;
  throw new InvalidOptionError('name takes the name of a file, such as planning.m4a');
}

/** The last part of a path, as short as file systems need it. Of a long name the end is kept. Null: nothing is left. */
function lastPart(path: string): string | null {
  const [last = ''] = path.split(/[/\\]/).slice(-1);
  const words = last
    .normalize('NFC')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
  const bytes = Buffer.from(words);
  let from = Math.max(0, bytes.length - LONGEST_NAME_BYTES);
  // Not within a character of UTF-8.
  while (((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  const name = bytes.subarray(from).toString().trim();
  return name === '' || name === '.' || name === '..' ? null : name;
}

const LONGEST_NAME_BYTES = 255;
