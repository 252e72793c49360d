import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sourceDigest } from '../../adapters/identity/source-digest.ts';
import { UnreadableAudioError } from '../../adapters/media/media-errors.ts';
import { requireScratchSpace } from '../../adapters/media/scratch-space.ts';
import { sourceKey } from '../../adapters/object-store/keys.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Copies the files of a job's recording to `folder` and answers their paths, in order. The client only claims digests:
 * all are computed again. Throws `UnreadableAudioError` for others.
 */
export async function fetchSource(
  { store }: Pick<Dependencies, 'store'>,
  { tenant, source }: JobInput,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  await requireScratchSpace(folder, source.bytes);
  const files = (source.kind === 'recording' ? source.files : undefined) ?? [source];
  const paths: string[] = [];
  const digests: string[] = [];
  for (const [index, { name, sha256 }] of files.entries()) {
    const path = join(folder, `recording-${index + 1}${extensionOf(name)}`);
    const stored = await store.getStream(sourceKey(tenant, sha256), { signal });
    const digest = createHash('sha256');
    const hashing = new Transform({
      transform(block: Buffer, _encoding, done) {
        digest.update(block);
        done(null, block);
      },
    });
    await pipeline(stored, hashing, createWriteStream(path), { signal });
    paths.push(path);
    digests.push(digest.digest('hex'));
  }
  if (sourceDigest(digests) === source.sha256) return paths;
  throw new UnreadableAudioError(
    `the stored recording is not the one with SHA-256 ${source.sha256}; submit the file again`,
  );
}

/** Some formats have no mark of their own: ffmpeg knows them by the end of the name. */
const extensionOf = (name: string): string => /\.[a-z0-9]{1,5}$/i.exec(name)?.[0] ?? '';
