import { isUnspaced } from '../transcript/text.ts';

/**
 * Chooses at most `count` of some sentences: those nearest to what the whole is about (tf-idf, cosine with the mean),
 * with the caller's weight on top, and each as unlike the ones already chosen as can be (maximal marginal relevance).
 * Returns positions, best first; the same for the same input.
 */
export function rankSentences(
  texts: readonly string[],
  { count, weightOf }: { readonly count: number; readonly weightOf: (position: number) => number },
): number[] {
  const vectors = toVectors(texts);
  const centroid = new Map<string, number>();
  for (const vector of vectors) {
    for (const [term, weight] of vector) centroid.set(term, (centroid.get(term) ?? 0) + weight);
  }
  const norm = Math.hypot(...centroid.values()) || 1;
  const scored = vectors
    .map((vector, position) => {
      const weight = weightOf(position);
      return { position, vector, score: weight * (0.2 + dot(vector, centroid) / norm), weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.score - a.score || a.position - b.position)
    // Only the best can win; comparing all of a long meeting with each other would take quadratic time.
    .slice(0, count * 8 + 20);

  const chosen: typeof scored = [];
  while (chosen.length < count && scored.length > 0) {
    const [best] = scored
      .map((candidate, at) => ({
        at,
        value:
          RELEVANCE * candidate.score -
          (1 - RELEVANCE) *
            Math.max(0, ...chosen.map(({ vector }) => dot(vector, candidate.vector))),
      }))
      .sort((a, b) => b.value - a.value);
    chosen.push(...scored.splice(best?.at ?? 0, 1));
  }
  return chosen.map(({ position }) => position);
}

/** How much being to the point counts against being new. */
const RELEVANCE = 0.7;

type Vector = ReadonlyMap<string, number>;

/** Unit vectors of tf-idf. */
function toVectors(texts: readonly string[]): Vector[] {
  const counts = texts.map((text) => {
    const terms = new Map<string, number>();
    for (const term of termsOf(text)) terms.set(term, (terms.get(term) ?? 0) + 1);
    return terms;
  });
  const containing = new Map<string, number>();
  for (const terms of counts) {
    for (const term of terms.keys()) containing.set(term, (containing.get(term) ?? 0) + 1);
  }
  return counts.map((terms) => {
    const weights = [...terms].map(([term, times]): [string, number] => [
      term,
      times * Math.log(1 + texts.length / (containing.get(term) ?? 1)),
    ]);
    const norm = Math.hypot(...weights.map(([, weight]) => weight)) || 1;
    return new Map(weights.map(([term, weight]) => [term, weight / norm]));
  });
}

/** Words of four letters and more, cut to six as a poor man's stem; pairs of characters where words are not spaced. */
function termsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => {
    if (!isUnspaced(word)) return word.length < 4 ? [] : [word.slice(0, 6)];
    const characters = Array.from(word);
    return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
  });
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (const [term, weight] of a) sum += weight * (b.get(term) ?? 0);
  return sum;
}
