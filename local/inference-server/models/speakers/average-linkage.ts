/** Two clusters that become one, named by one of their members each, at their mean distance. */
export interface Merge {
  readonly distance: number;
  readonly a: number;
  readonly b: number;
}

/**
 * All merges of average linkage over vectors of unit length, by cosine distance, the nearest first: a nearest-neighbour chain,
 * which takes the square of the vectors' number in time and in memory (6,000 vectors: 144 MB). `vectors` holds `width`
 * numbers for each vector.
 */
export function averageLinkage(vectors: Float32Array, width: number): readonly Merge[] {
  const count = vectors.length / width;
  const distances = distancesOf(vectors, width);
  const sizes = new Float64Array(count).fill(1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  let first = 0;
  while (merges.length < count - 1) {
    if (chain.length === 0) {
      while (sizes[first] === 0) first += 1;
      chain.push(first);
    }
    const a = chain.at(-1) ?? 0;
    const before = chain.at(-2) ?? -1;
    const b = nearestOf(distances.subarray(a * count, (a + 1) * count), before);
    if (b !== before) {
      chain.push(b);
      continue;
    }
    chain.length -= 2;
    merges.push({ distance: distances[a * count + b] ?? 0, a, b });
    mergeRows(distances, sizes, a, b);
  }
  return merges.toSorted((one, other) => one.distance - other.distance);
}

function distancesOf(vectors: Float32Array, width: number): Float32Array {
  const count = vectors.length / width;
  const distances = new Float32Array(count * count);
  for (let a = 0; a < count; a += 1) {
    distances[a * count + a] = Infinity;
    const row = vectors.subarray(a * width, (a + 1) * width);
    for (let b = a + 1; b < count; b += 1) {
      let product = 0;
      const from = b * width;
      for (let at = 0; at < width; at += 1) product += (row[at] ?? 0) * (vectors[from + at] ?? 0);
      distances[a * count + b] = 1 - product;
      distances[b * count + a] = 1 - product;
    }
  }
  return distances;
}

/** Of equally near ones `preferred`, so that the chain ends; else the first. */
function nearestOf(row: Float32Array, preferred: number): number {
  let nearest = preferred;
  let least = preferred < 0 ? Infinity : (row[preferred] ?? Infinity);
  for (let other = 0; other < row.length; other += 1) {
    const distance = row[other] ?? Infinity;
    if (distance < least) {
      nearest = other;
      least = distance;
    }
  }
  return nearest;
}

/** `a` stands for both from now on; `b` is at an infinite distance from all, and has no members. */
function mergeRows(distances: Float32Array, sizes: Float64Array, a: number, b: number): void {
  const count = sizes.length;
  const [sizeA = 0, sizeB = 0] = [sizes[a], sizes[b]];
  for (let other = 0; other < count; other += 1) {
    const mean =
      ((distances[a * count + other] ?? 0) * sizeA + (distances[b * count + other] ?? 0) * sizeB) /
      (sizeA + sizeB);
    const known = other === a || other === b || sizes[other] === 0 ? Infinity : mean;
    distances[a * count + other] = known;
    distances[other * count + a] = known;
    distances[b * count + other] = Infinity;
    distances[other * count + b] = Infinity;
  }
  sizes[a] = sizeA + sizeB;
  sizes[b] = 0;
}
