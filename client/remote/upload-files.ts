import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { hashFile } from '../../adapters/identity/digest.ts';
import { InvalidOptionError, OnlyDirectError } from '../config.ts';
import { MOST_POSTED_BYTES } from '../gateway/jobs/most-posted.ts';
import { isSafeAddress } from './gateway-address.ts';
import type { GatewayClient } from './gateway-client.ts';
import { GatewayError, GatewayUnreachableError, NoGatewayError } from './gateway-errors.ts';

interface LocalFile {
  readonly path: string;
  readonly bytes: number;
}

interface Told {
  readonly signal: AbortSignal;
  /** How many bytes of all files are there. */
  readonly onUploaded: (bytes: number) => void;
}

const uploadSchema = z.object({
  id: z.guid(),
  bytes: z.int(),
  sha256: z.string().nullable(),
  partBytes: z.int().positive(),
  parts: z.int().positive(),
});
type Upload = z.infer<typeof uploadSchema>;

/** Those whose length is told at their end, browsers record: they are no file of ours. */
const listedSchema = z.object({
  uploads: z.array(z.union([uploadSchema, z.object({ bytes: z.null() })])),
});

const receivedSchema = uploadSchema.extend({ received: z.array(z.int().positive()) });
const addressesSchema = z.object({
  parts: z.array(z.object({ part: z.int().positive(), bytes: z.int(), url: z.url() })),
});

/**
 * Uploads files in parts, and answers the ids of their uploads. What is there already of the same file is not sent again,
 * also after the command was started anew. Throws `InvalidOptionError` where the gateway takes no parts.
 */
export async function uploadFiles(
  client: GatewayClient,
  files: readonly LocalFile[],
  { signal, onUploaded }: Told,
  againMs = AGAIN_MS,
): Promise<string[]> {
  const ids: string[] = [];
  let before = 0;
  for (const file of files) {
    const upload = await begun(client, file, { signal }).catch((error: unknown) => {
      throw isWithoutUploads(error) ? tooMuch(files) : error;
    });
    const base = before;
    await sendParts(
      client,
      file,
      upload,
      {
        signal,
        onUploaded: (bytes) => onUploaded(base + bytes),
      },
      againMs,
    );
    await client.ask(receivedSchema, `/uploads/${upload.id}/complete`, { method: 'POST', signal });
    ids.push(upload.id);
    before += file.bytes;
  }
  return ids;
}

/** An upload of this file that is there, else a new one. */
async function begun(
  client: GatewayClient,
  { path, bytes }: LocalFile,
  { signal }: Pick<Told, 'signal'>,
): Promise<Upload> {
  const known = await client.ask(listedSchema, '/uploads', { signal });
  const { sha256 } = await hashFile(path, { signal });
  const same = known.uploads.find(
    (one): one is Upload => one.bytes === bytes && one.sha256 === sha256,
  );
  if (same !== undefined) return same;
  const json = { name: basename(path), bytes, sha256 };
  return await client.ask(uploadSchema, '/uploads', { method: 'POST', json, signal });
}

/** Sends the parts that are missing, until none is. A line that breaks is waited for, as long as parts arrive at all. */
async function sendParts(
  client: GatewayClient,
  file: LocalFile,
  { id, partBytes, parts }: Upload,
  { signal, onUploaded }: Told,
  againMs: number,
): Promise<void> {
  const blob = await openAsBlob(file.path);
  for (let [seen, tries] = [-1, 0]; ;) {
    try {
      const { received } = await client.ask(receivedSchema, `/uploads/${id}`, { signal });
      if (received.length > seen) [seen, tries] = [received.length, 0];
      // What the store took, and the gateway does not see.
      else if ((tries += 1) > MOST_TRIES)
        throw new NoGatewayError(client.place, 'parts that are lost');
      onUploaded(Math.min(file.bytes, received.length * partBytes));
      const missing = missingOf(parts, new Set(received)).slice(0, PARTS_AT_ONCE);
      if (missing.length === 0) return;
      const asked = { method: 'POST', json: { parts: missing }, signal } as const;
      const addresses = await client.ask(addressesSchema, `/uploads/${id}/parts`, asked);
      const sent = await Promise.allSettled(
        addresses.parts.map(async ({ part, bytes, url }) => {
          const from = (part - 1) * partBytes;
          await put(client, url, blob.slice(from, from + bytes), signal);
        }),
      );
      // Those beside a part that is lost may be there.
      const lost = sent.find((one) => one.status === 'rejected');
      if (lost !== undefined) throw lost.reason;
    } catch (error) {
      tries += 1;
      if (signal.aborted || tries > MOST_TRIES || !isPassing(error)) throw error;
      await sleep(againMs * tries, undefined, { signal });
    }
  }
}

/** At once: their addresses stay valid for minutes only. */
const PARTS_AT_ONCE = 3;
/** Without a part that arrived: about three minutes. */
const MOST_TRIES = 10;
const AGAIN_MS = 3_000;

const missingOf = (parts: number, received: ReadonlySet<number>): number[] =>
  Array.from({ length: parts }, (_, index) => index + 1).filter((part) => !received.has(part));

/** The address says by itself who may write there: the key does not go with it. */
async function put(
  { place }: GatewayClient,
  url: string,
  body: Blob,
  signal: AbortSignal,
): Promise<void> {
  if (!isSafeAddress(new URL(url))) {
    throw new NoGatewayError(place, 'an address for parts without TLS');
  }
  const response = await fetch(url, { method: 'PUT', body, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw new GatewayUnreachableError(place, error);
    },
  );
  await response.body?.cancel();
  if (response.ok) return;
  // Its time may be over, or the store is busy: other addresses are asked for.
  throw new GatewayError(
    `the store of the gateway at ${place} answers ${response.status} to a part`,
    {
      isPassing: true,
    },
  );
}

const isPassing = (error: unknown): boolean =>
  error instanceof GatewayUnreachableError || (error instanceof GatewayError && error.isPassing);

const isWithoutUploads = (error: unknown): boolean =>
  error instanceof GatewayError && error.code === 'route_not_found';

const tooMuch = (files: readonly LocalFile[]): Error => {
  const [first] = files;
  if (first === undefined || files.length > 1) return new OnlyDirectError('--join');
  return new InvalidOptionError(
    `${first.path} has ${Math.ceil(first.bytes / 1e6)} MB, and this gateway takes ${MOST_POSTED_BYTES / 1e6} MB at most: make it smaller, such as with ffmpeg -i FILE -vn -ac 1 -c:a libopus -b:a 24k FILE.ogg, or submit it where the services are`,
  );
};
