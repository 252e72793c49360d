import { sha256 as digestOfBytes } from '../../adapters/identity/digest.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { quarantineKey } from '../../adapters/object-store/keys.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { ImageVerdict } from '../../workflows/contracts/minutes.ts';
import { labelsAnswerSchema, type StoredResult } from '../../workflows/contracts/stored-results.ts';
import { callTarget } from '../paid/call-target.ts';
import type { Dependencies } from '../dependencies.ts';
import { pictureVerdict } from './moderation.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { moderationWorkKey } from '../paid/work-keys.ts';

/** Larger pictures than this are no illustrations. */
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
        // The verdict will stand for this digest: other bytes must not earn it.
        if (digestOfBytes(image) !== call.sha256) {
          throw new InferenceError('the picture in quarantine is not the one that was drawn', {
            kind: 'input',
            target: call.target.name,
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

/** What was judged of the picture with this very digest; held where nobody judged it: unknown counts as unsafe. */
export async function readVerdict(
  store: Dependencies['store'],
  job: JobInput,
  sha256: string,
): Promise<{ verdict: ImageVerdict; score: number | null; result: StoredResult | null }> {
  const workKey = moderationWorkKey(job, sha256);
  const result = await findResult(store, homeOf(job), 'moderate', workKey);
  if (result === null) return { verdict: 'held', score: null, result: null };
  return { ...pictureVerdict(labelsAnswerSchema.parse(result.answer).labels), result };
}
