import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import type { UploadFacts, UploadRow } from '../../../adapters/database/uploads.ts';
import { diskFull, requireScratchSpace } from '../../../adapters/media/scratch-space.ts';
import { partUploadKey, sourceKey } from '../../../adapters/object-store/keys.ts';
import {
  ObjectNotFoundError,
  ObjectStoreUnreachableError,
} from '../../../adapters/object-store/object-store-errors.ts';
import { submitPorts } from '../../jobs/submit-ports.ts';
import type { GatewayContext } from '../gateway-app.ts';
import { atOnce } from '../jobs/at-once.ts';
import { withPostedFile } from '../jobs/posted-file.ts';
import { DigestMismatchError } from './upload-errors.ts';
import { notFound } from './upload-life.ts';
import { bytesOf } from './upload-parts.ts';

/** Each takes room on the disk for a whole file. */
const MOST_AT_ONCE = { ofKey: 2, ofAll: 16 };

/**
 * Reads complete uploads back from the store, each once: their digests, and whether they are recordings or transcripts.
 * Whoever asks while one is being read waits for the same answer, also after the first who asked went away.
 */
export function createExaminer(context: GatewayContext) {
  const running = new Map<string, Promise<UploadFacts>>();
  const limited = atOnce(MOST_AT_ONCE, 'uploads that are read');

  /**
   * @param name by which transcripts are known
   *
   * Throws `DigestMismatchError`, `UploadNotFoundError`, what `submitJob` throws for a file that is of no use, and
   * `MediaMachineError` where the disk has no room.
   */
  return async (row: UploadRow, name: string, keyId: string): Promise<UploadFacts> => {
    const { sha256, kind, durationSeconds } = row;
    if (sha256 !== null && kind !== null && name === row.name) {
      return { sha256, kind, durationSeconds };
    }
    const work = JSON.stringify([row.id, name]);
    const joined = running.get(work);
    if (joined !== undefined) return await joined;
    const reading = limited(keyId, async () => await readUpload(context, row, name)).finally(() =>
      running.delete(work),
    );
    running.set(work, reading);
    return await reading;
  };
}

async function readUpload(
  context: GatewayContext,
  row: UploadRow,
  name: string,
): Promise<UploadFacts> {
  const { tenant, id, claimedSha256 } = row;
  const bytes = bytesOf(row);
  // Whoever goes away may come back for the answer.
  const ports = submitPorts({ ...context, signal: new AbortController().signal });
  await requireScratchSpace(tmpdir(), bytes);
  const body = await openUpload(context, row);
  const posted = { name, mostBytes: bytes };
  const facts = await withPostedFile(body, posted, async (path) => {
    const { sha256, bytes: read } = await ports.hash(path);
    if (read !== bytes) throw cutOff();
    if (claimedSha256 !== null && claimedSha256 !== sha256) {
      throw new DigestMismatchError(
        `${name} does not have the SHA-256 that was claimed for it: it changed, or not all of it is as it was sent. Upload it again`,
      );
    }
    return { ...(await ports.probe([path])), sha256 };
  }).catch(async (error: unknown) => {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw isFull ? await diskFull(tmpdir(), bytes) : error;
  });
  if (name === row.name) await (await context.services.uploads()).examined(tenant, id, facts);
  return facts;
}

/** The bytes, wherever they lie by now. */
async function openUpload({ services }: GatewayContext, row: UploadRow): Promise<Readable> {
  const { tenant, id, sha256, storedAt } = row;
  const key =
    storedAt !== null && sha256 !== null ? sourceKey(tenant, sha256) : partUploadKey(tenant, id);
  const store = await services.store();
  const body = await store.getStream(key).catch((error: unknown) => {
    if (error instanceof ObjectNotFoundError) return notFound();
    throw error;
  });
  return Readable.from(wholeOf(body), { objectMode: false });
}

/** Else the gateway would take a store that breaks off for a client that does. */
async function* wholeOf(body: Readable): AsyncGenerator {
  try {
    yield* body;
  } catch (error) {
    throw cutOff(error);
  }
}

const cutOff = (cause?: unknown) =>
  new ObjectStoreUnreachableError('the object store broke off while an upload was read', { cause });
