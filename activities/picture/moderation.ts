import type { LabelsAnswer } from '../../workflows/contracts/stored-results.ts';
import type { ImageVerdict } from '../../workflows/contracts/minutes.ts';

/** Probabilities of unsafe content: below the first a picture is published, above the second it is blocked. */
export const SAFE_BELOW = 0.5;
export const BLOCKED_ABOVE = 0.85;

/**
 * The verdict on a picture from a classifier's labels, looked up by name: `nsfw`, and the sum of those of `porn`,
 * `hentai` and `sexy` that there are; the worse one counts. Answers without such a label say nothing about safety, and
 * unknown counts as unsafe: held, with score null.
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
  const parts = byName.filter(({ name }) => UNSAFE_LABELS.includes(name));
  const direct = byName.filter(({ name }) => name === 'nsfw').map(({ score }) => score);
  if (direct.length + parts.length === 0) return null;
  // Scores of one softmax add up to 1; rounding may carry the sum a little further.
  const sum = Math.min(
    1,
    parts.reduce((total, { score }) => total + score, 0),
  );
  return direct.reduce((worst, score) => Math.max(worst, score), sum);
}
