import type { ImageVerdict } from '../../workflows/contracts/minutes.ts';
import type { LabelsAnswer } from '../../workflows/contracts/stored-results.ts';

export interface PictureVerdict {
  readonly verdict: ImageVerdict;
  /** Probability of unsafe content; null: unknown. */
  readonly score: number | null;
}

/** Probabilities of unsafe content: a picture is published below the first and blocked above the second. */
const SAFE_BELOW = 0.5;
const BLOCKED_ABOVE = 0.85;

/**
 * The verdict from a classifier's labels, by name: the score of `nsfw`, or the sum of `porn`, `hentai` and `sexy`,
 * whichever is worse. An answer without such a label tells nothing about safety: held, with score null.
 */
export function pictureVerdict(labels: LabelsAnswer['labels']): PictureVerdict {
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
