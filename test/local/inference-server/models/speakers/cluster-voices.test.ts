import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageLinkage } from '../../../../../local/inference-server/models/speakers/average-linkage.ts';
import { clusterVoices } from '../../../../../local/inference-server/models/speakers/cluster-voices.ts';

/** Points of the unit circle, by their angles in degrees. */
const directions = (...degrees: readonly number[]) =>
  Float32Array.from(
    degrees.flatMap((one) => [Math.cos((one * Math.PI) / 180), Math.sin((one * Math.PI) / 180)]),
  );

/** Every merge by its definition: the two clusters of the least mean distance. */
function slowLinkage(vectors: Float32Array): number[] {
  const distance = (a: number, b: number) =>
    1 -
    ((vectors[2 * a] ?? 0) * (vectors[2 * b] ?? 0) +
      (vectors[2 * a + 1] ?? 0) * (vectors[2 * b + 1] ?? 0));
  let clusters = Array.from({ length: vectors.length / 2 }, (_, at) => [at]);
  const distances: number[] = [];
  while (clusters.length > 1) {
    let best = { apart: Infinity, pair: [clusters[0], clusters[1]] as const };
    clusters.forEach((one, index) => {
      for (const other of clusters.slice(index + 1)) {
        const all = one.flatMap((a) => other.map((b) => distance(a, b)));
        const apart = all.reduce((sum, each) => sum + each, 0) / all.length;
        if (apart < best.apart) best = { apart, pair: [one, other] };
      }
    });
    distances.push(best.apart);
    const [one = [], other = []] = best.pair;
    clusters = [...clusters.filter((each) => each !== one && each !== other), [...one, ...other]];
  }
  return distances;
}

describe('averageLinkage', () => {
  test('merges the nearest first, at their mean distance', () => {
    const merges = averageLinkage(directions(0, 10, 60), 2);
    expect(merges.map(({ a, b }) => new Set([a, b]))).toEqual([new Set([0, 1]), expect.any(Set)]);
    const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
    expect(merges[0]?.distance).toBeCloseTo(1 - cosine(10), 5);
    expect(merges[1]?.distance).toBeCloseTo(1 - (cosine(60) + cosine(50)) / 2, 5);
  });

  test('is what its definition says', () => {
    const angles = fc.uniqueArray(fc.integer({ min: 0, max: 3599 }), {
      minLength: 1,
      maxLength: 14,
    });
    fc.assert(
      fc.property(angles, (tenths) => {
        // Uneven steps: where two distances are equal, either merge is right.
        const vectors = directions(...tenths.map((one) => one / 10 + one ** 2 / 1e6));
        const expected = slowLinkage(vectors);
        const found = averageLinkage(vectors, 2).map(({ distance }) => distance);
        found.forEach((one, index) => expect(one).toBeCloseTo(expected[index] ?? NaN, 4));
        expect(found).toHaveLength(expected.length);
      }),
    );
  });
});

describe('clusterVoices', () => {
  const three = [0, 3, 6, 9, 90, 93, 96, 99, 180, 183, 186, 189];

  test('finds as many speakers as there are voices', () => {
    const { labels, centres } = clusterVoices(directions(...three), 2, null);
    expect([...labels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(
      centres.map(([x = 0, y = 0]) => Math.round((Math.atan2(y, x) * 1800) / Math.PI)),
    ).toEqual([45, 945, -1755]);
  });

  test('a voice of fewer than three windows goes to the one that is most like it', () => {
    const { labels } = clusterVoices(directions(...three, 260, 262), 2, null);
    expect([...labels.subarray(12)]).toEqual([2, 2]);
  });

  test('a single voice is one speaker, however short', () => {
    expect([...clusterVoices(directions(5), 2, null).labels]).toEqual([0]);
    expect(clusterVoices(new Float32Array(), 2, null)).toEqual({
      labels: new Int32Array(),
      centres: [],
    });
  });

  test.each([1, 2, 3])('%d speakers are found if there are known to be so many', (speakers) => {
    const { labels, centres } = clusterVoices(directions(...three), 2, speakers);
    expect(centres).toHaveLength(speakers);
    expect(new Set(labels).size).toBe(speakers);
  });

  test('voices that are alike are told apart if there are known to be two', () => {
    const alike = directions(0, 1, 2, 3, 40, 41, 42, 43);
    expect(new Set(clusterVoices(alike, 2, null).labels).size).toBe(1);
    expect([...clusterVoices(alike, 2, 2).labels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('of too many windows a sample is clustered, and every window has its speaker', () => {
    const angles = Array.from({ length: 700 }, (_, at) => (at % 10 < 7 ? 0 : 120) + (at % 5));
    const { labels, centres } = clusterVoices(directions(...angles), 2, null, 150);
    expect(centres).toHaveLength(2);
    expect(labels.every((label, at) => label === (at % 10 < 7 ? 0 : 1))).toBe(true);
  });
});
