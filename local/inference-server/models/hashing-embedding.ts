import { createHash } from 'node:crypto';

/** Numbers in a vector of `hashing-v1`. */
export const DIMENSIONS = 64;

/**
 * `hashing-v1`: no trained model. Every word, and every three letters in a row of it, falls on one of 64 places
 * with a sign, both by SHA-256; a feature that comes n times weighs 1 + ln n; the vector has length 1. Texts that
 * share words lie close together, and that is all it knows.
 */
export function embed(text: string): readonly number[] {
  const counts = new Map<string, number>();
  for (const feature of featuresOf(text)) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (const [feature, count] of counts) {
    const [place, sign] = placeOf(feature);
    vector[place] = (vector[place] ?? 0) + sign * (1 + Math.log(count));
  }
  const length = Math.hypot(...vector);
  // Features may cancel each other out: then the text as a whole decides.
  if (length === 0) return vector.map((_zero, place) => (place === placeOf(text)[0] ? 1 : 0));
  return vector.map((number) => number / length);
}

function featuresOf(text: string): readonly string[] {
  const words = wordsOf(text);
  return words.flatMap((word) => [word, ...trigramsOf(`^${word}$`)]);
}

/** In lower case, whatever the language's way of dividing them. */
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
