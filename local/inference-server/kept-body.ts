import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { taskRefusal } from './refusal.ts';

/** 4 GiB: ten hours of audio, uncompressed, are 1.2 GB. */
const LIMIT_BYTES = 4 * 1024 ** 3;

/** A body that is too long for memory. Its file is removed with the response, or after the work if that ends later. */
export interface KeptBody {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly remove: () => Promise<void>;
  /** Keeps the file while the work reads it, whoever leaves meanwhile, and removes it then. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Writes a body to a temporary file. A larger one is drained, so that the client reads the 413 instead of a reset connection. */
export async function keepBody(stream: Readable): Promise<KeptBody> {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-body-'));
  const path = join(folder, 'body');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let inUse = false;
  const removeFile = () => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(
      stream,
      async function* upToLimit(parts: AsyncIterable<Buffer>) {
        for await (const part of parts) {
          sizeBytes += part.length;
          if (sizeBytes > LIMIT_BYTES) continue;
          hash.update(part);
          yield part;
        }
      },
      createWriteStream(path),
    );
    if (sizeBytes > LIMIT_BYTES) {
      throw taskRefusal(413, `Payload too large: the limit is ${LIMIT_BYTES} bytes`);
    }
  } catch (error) {
    await removeFile();
    throw error;
  }
  return {
    path,
    sha256: hash.digest('hex'),
    sizeBytes,
    remove: async () => {
      if (!inUse) await removeFile();
    },
    during: async (work) => {
      inUse = true;
      try {
        return await work();
      } finally {
        await removeFile();
      }
    },
  };
}

/** Null: the body is in memory. */
export const keptBodyOf = ({ body }: FastifyRequest): KeptBody | null =>
  typeof body === 'object' && body !== null && 'during' in body ? (body as KeptBody) : null;

/** Removes the files of bodies that no route has used: wrong tokens, faults. */
export function addBodyRemoval(app: FastifyInstance): void {
  app.addHook('preValidation', (request, reply, done) => {
    const kept = keptBodyOf(request);
    if (kept !== null) reply.raw.once('close', () => void kept.remove());
    done();
  });
}
