import { createHash } from 'node:crypto';

/** Numbers in a vector of `hashing-v1`. */
export const DIMENSIONS = 64;

/**
 * `hashing-v1`: no trained model. SHA-256 gives every word, and every three letters of it in a row, one of 64 places
 * and a sign; a feature that appears n times weighs 1 + ln n; the vector has length 1. Texts that share words lie close
 * together; it recognises nothing else.
 */
export function embed(text: string): readonly number[] {
  const counts = new Map<string, number>();
  const features = wordsOf(text).flatMap((word) => [word, ...trigramsOf(`^${word}$`)]);
  for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (const [feature, count] of counts) {
    const [place, sign] = placeOf(feature);
    vector[place] = (vector[place] ?? 0) + sign * (1 + Math.log(count));
  }
  const length = Math.hypot(...vector);
  // If the features cancel each other out, the text as a whole decides.
  if (length === 0) return vector.map((_zero, place) => (place === placeOf(text)[0] ? 1 : 0));
  return vector.map((number) => number / length);
}

/** Words in lower case, in languages without spaces too. */
export function wordsOf(text: string): readonly string[] {
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  return [...segmenter.segment(text.normalize('NFKC').toLowerCase())]
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ segment }) => segment);
}

const trigramsOf = (word: string): string[] =>
  Array.from({ length: Math.max(0, word.length - 2) }, (_unused, at) => word.slice(at, at + 3));

function placeOf(feature: string): readonly [place: number, sign: 1 | -1] {
  const digest = createHash('sha256').update(feature).digest();
  return [digest.readUInt8(0) % DIMENSIONS, digest.readUInt8(1) % 2 === 0 ? 1 : -1];
}
