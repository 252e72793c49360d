import { sha256 as digestOfBytes } from '../../adapters/identity/digest.ts';
import { errorFor } from '../../adapters/inference/verdicts/inference-error.ts';
import { quarantineKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { ImageVerdict } from '../../workflows/contracts/minutes.ts';
import {
  labelsAnswerSchema,
  type LabelsAnswer,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
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

interface Verdict {
  readonly verdict: ImageVerdict;
  /** Probability of unsafe content; null: unknown. */
  readonly score: number | null;
}

/** The stored verdict on the picture with this digest; held if there is none, because unknown counts as unsafe. */
export async function readVerdict(
  store: ObjectStore,
  job: JobInput,
  sha256: string,
): Promise<Verdict & { readonly result: StoredResult | null }> {
  const workKey = moderationWorkKey(job, sha256);
  const result = await findResult(store, homeOf(job), 'moderate', workKey);
  if (result === null) return { verdict: 'held', score: null, result: null };
  return { ...pictureVerdict(labelsAnswerSchema.parse(result.answer).labels), result };
}

/** Probabilities of unsafe content: a picture is published below the first and blocked above the second. */
const SAFE_BELOW = 0.5;
const BLOCKED_ABOVE = 0.85;

/**
 * The verdict from a classifier's labels, by name: the score of `nsfw`, or the sum of `porn`, `hentai` and `sexy`,
 * whichever is worse. An answer without such a label tells nothing about safety: held, with score null.
 */
export function pictureVerdict(labels: LabelsAnswer['labels']): Verdict {
  const score = unsafeScore(labels);
  if (score === null || !Number.isFinite(score)) return { verdict: 'held', score: null };
  if (score < SAFE_BELOW) return { verdict: 'safe', score };
  return { verdict: score > BLOCKED_ABOVE ? 'blocked' : 'held', score };
}

const UNSAFE_LABELS: readonly string[] = ['porn', 'hentai', 'sexy'];

function unsafeScore(labels: LabelsAnswer['labels']): number | null {
  const byName = labels.map(({ label, score }) => ({ name: label.trim().toLowerCase(), score }));
  const parts = byName.filter(({ name }) => UNSAFE_LABELS.includes(name));
  const direct = byName.filter(({ name }) => name === 'nsfw');
  if (direct.length + parts.length === 0) return null;
  // The scores of one softmax add up to 1; rounding may carry the sum a little further.
  const sum = parts.reduce((total, { score }) => total + score, 0);
  return direct.reduce((worst, { score }) => Math.max(worst, score), Math.min(1, sum));
}
