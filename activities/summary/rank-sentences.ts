import { isUnspaced } from '../transcript/text.ts';

/**
 * Chooses at most `count` sentences by maximal marginal relevance: near to the mean of all (tf-idf, cosine), multiplied
 * by the caller's weight of each, and unlike the ones already chosen. Returns positions, best first. Deterministic.
 */
export function rankSentences(
  texts: readonly string[],
  weights: readonly number[],
  count: number,
): number[] {
  const vectors = toVectors(texts);
  const centroid = new Map<string, number>();
  for (const vector of vectors) {
    for (const [term, weight] of vector) centroid.set(term, (centroid.get(term) ?? 0) + weight);
  }
  const norm = Math.hypot(...centroid.values()) || 1;
  const scored = vectors
    .map((vector, position) => {
      const weight = weights[position] ?? 0;
      return { position, vector, score: weight * (0.2 + dot(vector, centroid) / norm), weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.score - a.score || a.position - b.position)
    // Comparing all sentences of a long meeting would take quadratic time, and only the best can win.
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

/** Weight of relevance against novelty. */
const RELEVANCE = 0.7;

type Vector = ReadonlyMap<string, number>;

/** Tf-idf vectors of length 1. */
function toVectors(texts: readonly string[]): Vector[] {
  const counts = texts.map((text) => countEach(termsOf(text)));
  const containing = countEach(counts.flatMap((terms) => [...terms.keys()]));
  return counts.map((terms) => {
    const weights = [...terms].map(([term, times]): [string, number] => [
      term,
      times * Math.log(1 + texts.length / (containing.get(term) ?? 1)),
    ]);
    const norm = Math.hypot(...weights.map(([, weight]) => weight)) || 1;
    return new Map(weights.map(([term, weight]) => [term, weight / norm]));
  });
}

function countEach(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Words of four letters or more, cut to six as a simple stem; pairs of characters in scripts without spaces. */
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
