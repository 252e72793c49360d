import { sha256 as digestOfBytes } from '../../adapters/identity/digest.ts';
import { errorFor } from '../../adapters/inference/verdicts/inference-error.ts';
import { pictureVerdict, type PictureVerdict } from '../../adapters/media/picture-verdict.ts';
import { quarantineKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { labelsAnswerSchema, type StoredResult } from '../../workflows/contracts/stored-results.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { moderationWorkKey } from '../paid/work-keys.ts';

/** Larger pictures are no illustrations. */
const MAX_PICTURE_BYTES = 32 * 1024 * 1024;

export const moderatePicture =
  (deps: Dependencies): Activities['moderatePicture'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const key = quarantineKey(call.tenant, call.sha256);
    const { result, reused } = await callTarget(deps, call, {
      role: 'moderate',
      home: homeOf(job),
      workKey: moderationWorkKey(job, call.sha256),
      input: async (signal) => {
        const [image, head] = await Promise.all([
          deps.store.get(key, { maxBytes: MAX_PICTURE_BYTES, signal }),
          deps.store.head(key),
        ]);
        // The verdict is stored under this digest, so other bytes must not earn it.
        if (digestOfBytes(image) !== call.sha256) {
          throw errorFor(call.target, null, {
            kind: 'input',
            says: ': the picture in quarantine is not the one that was drawn',
            charge: 'unsent',
          });
        }
        return { image, mediaType: head?.contentType ?? 'image/png' };
      },
      accept: async (answer) => answer,
    });
    const { labels } = labelsAnswerSchema.parse(result.answer);
    return { target: result.target, reused, verdict: pictureVerdict(labels).verdict };
  };

/** The stored verdict on the picture with this digest; held if there is none, because unknown counts as unsafe. */
export async function readVerdict(
  store: ObjectStore,
  job: JobInput,
  sha256: string,
): Promise<PictureVerdict & { readonly result: StoredResult | null }> {
  const workKey = moderationWorkKey(job, sha256);
  const result = await findResult(store, homeOf(job), 'moderate', workKey);
  if (result === null) return { verdict: 'held', score: null, result: null };
  return { ...pictureVerdict(labelsAnswerSchema.parse(result.answer).labels), result };
}
