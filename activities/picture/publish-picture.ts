import { sha256 as digestOfBytes } from '../../adapters/identity/digest.ts';
import { watermarkPicture } from '../../adapters/media/watermark-picture.ts';
import { publishedKey, quarantineKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { readDrawn } from './draw-picture.ts';
import { readVerdict } from './moderate-picture.ts';

/**
 * The only way out of quarantine. It reads the verdict on this digest itself, and computes the digest of the copied
 * bytes again.
 */
export const publishPicture =
  ({ store }: Dependencies): Activities['publishPicture'] =>
  async ({ tenant, jobId, sha256, attempt, callKey }) => {
    const job = await readJobInput(store, { tenant, jobId });
    const { verdict } = await readVerdict(store, job, sha256);
    if (verdict !== 'safe') return { verdict, key: null };

    const bytes = await store.get(quarantineKey(tenant, sha256));
    if (digestOfBytes(bytes) !== sha256) return { verdict: 'held', key: null };
    const drawn = await readDrawn(store, job, { attempt, callKey });
    const marked = await watermarkPicture(bytes, {
      tool: 'Hansard',
      model: drawn?.model ?? 'unknown',
      createdAt: drawn?.createdAt ?? job.submittedAt,
    });
    const key = publishedKey(tenant, jobId, sha256, 'png');
    // Earlier minutes may show it: what was published stays as it is.
    await store.put(key, marked, { contentType: 'image/png', ifAbsent: true });
    return { verdict, key };
  };
