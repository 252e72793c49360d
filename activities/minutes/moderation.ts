import type { LabelsAnswer } from '../../workflows/contracts/stored-results.ts';
import type { ImageVerdict } from '../../workflows/contracts/minutes.ts';

/** Probabilities of unsafe content: below the first a picture is published, above the second it is blocked. */
export const SAFE_BELOW = 0.5;
export const BLOCKED_ABOVE = 0.85;

/**
 * The verdict on a picture from a classifier's labels, looked up by name: `nsfw`, or the sum of those of `porn`,
 * `hentai` and `sexy` that there are. Answers without such a label say nothing about safety, and unknown counts as
 * unsafe: held, with score null.
 */
export function pictureVerdict(labels: LabelsAnswer['labels']): {
  readonly verdict: ImageVerdict;
  readonly score: number | null;
} {
  const score = unsafeScore(labels);
  if (score === null || !Number.isFinite(score)) return { verdict: 'held', score: null };
  if (score < SAFE_BELOW) return { verdict: 'safe', score };
  return { verdict: score > BLOCKED_ABOVE ? 'blocked' : 'held', score };
}

const UNSAFE_LABELS: readonly string[] = ['porn', 'hentai', 'sexy'];

function unsafeScore(labels: LabelsAnswer['labels']): number | null {
  const byName = labels.map(({ label, score }) => ({ name: label.trim().toLowerCase(), score }));
  const direct = byName.filter(({ name }) => name === 'nsfw');
  if (direct.length > 0) return Math.max(...direct.map(({ score }) => score));

  const parts = byName.filter(({ name }) => UNSAFE_LABELS.includes(name));
  if (parts.length === 0) return null;
  // Scores of one softmax add up to 1; rounding may carry the sum a little further.
  return Math.min(
    1,
    parts.reduce((sum, { score }) => sum + score, 0),
  );
}
