import { averageLinkage, type Merge } from './average-linkage.ts';
import { unit } from './voice-vectors.ts';

/**
 * Clusters are joined up to this mean cosine distance between their voices. Steady voices of one person are nearly all nearer
 * than 0.5, and those of two nearly all farther apart than 0.6.
 */
const FARTHEST = 0.55;
/** A voice in fewer windows, or in a smaller share of them, is no speaker: in an hour some 10 s. */
const FEWEST = 3;
const SMALLEST_SHARE = 0.003;
/** Of more windows, as many at even distances are clustered: the memory grows with the square. */
const MOST_CLUSTERED = 6000;

export interface VoiceClusters {
  /** The cluster of each vector. */
  readonly labels: Int32Array;
  /** The mean voices, of unit length. */
  readonly centres: readonly Float32Array[];
}

/** Finds the speakers. `vectors` holds `width` numbers for each vector of unit length; `speakers`: how many there are, if known. */
export function clusterVoices(
  vectors: Float32Array,
  width: number,
  speakers: number | null,
  mostClustered = MOST_CLUSTERED,
): VoiceClusters {
  const count = vectors.length / width;
  if (count === 0) return { labels: new Int32Array(), centres: [] };
  const vectorAt = (index: number) => vectors.subarray(index * width, (index + 1) * width);
  const sampled = Math.min(count, mostClustered);
  const sample = Array.from({ length: sampled }, (_, at) => Math.floor((at * count) / sampled));
  const gathered = new Float32Array(sampled * width);
  sample.forEach((index, at) => gathered.set(vectorAt(index), at * width));
  const merges = averageLinkage(gathered, width);
  const smallest = Math.max(FEWEST, Math.floor(SMALLEST_SHARE * sampled));

  const clusters = cut(merges, sampled, smallest, speakers).toSorted((a, b) => b.length - a.length);
  const large = clusters.filter(({ length }) => length >= smallest);
  const labels = new Int32Array(count).fill(-1);
  (large.length > 0 ? large : clusters.slice(0, 1)).forEach((members, cluster) => {
    for (const at of members) labels[sample[at] ?? 0] = cluster;
  });
  const centres = centresOf(vectors, width, labels);
  labels.forEach((label, index) => {
    if (label < 0) labels[index] = mostAlike(vectorAt(index), centres);
  });
  return { labels, centres: centresOf(vectors, width, labels) };
}

/** The clusters at the distance where to stop or, where it is known how many speak, nearest to it with as many large clusters. */
function cut(
  merges: readonly Merge[],
  count: number,
  smallest: number,
  speakers: number | null,
): number[][] {
  const usual = merges.filter(({ distance }) => distance <= FARTHEST).length;
  return clustersAfter(merges, count, speakers === null ? usual : bestCut());

  function bestCut(): number {
    let large = count * Number(smallest <= 1);
    let best = usual;
    let least = Infinity;
    const sizes = new Map<number, number>();
    const find = createUnion(count);
    const sizeOf = (root: number) => sizes.get(root) ?? 1;
    merges.forEach(({ a, b }, index) => {
      const [one, other] = [find.root(a), find.root(b)];
      const size = sizeOf(one) + sizeOf(other);
      const largeBefore = [one, other].filter((root) => sizeOf(root) >= smallest).length;
      sizes.set(find.join(one, other), size);
      large += Number(size >= smallest) - largeBefore;
      // First as many speakers as there are, then the usual distance.
      const apart = Math.abs(large - (speakers ?? 0)) * 2 * count + Math.abs(index + 1 - usual);
      if (apart < least) [least, best] = [apart, index + 1];
    });
    return best;
  }
}

function clustersAfter(merges: readonly Merge[], count: number, steps: number): number[][] {
  const find = createUnion(count);
  for (const { a, b } of merges.slice(0, steps)) find.join(find.root(a), find.root(b));
  const clusters = new Map<number, number[]>();
  for (let index = 0; index < count; index += 1) {
    const root = find.root(index);
    const members = clusters.get(root);
    if (members === undefined) clusters.set(root, [index]);
    else members.push(index);
  }
  return [...clusters.values()];
}

function createUnion(count: number) {
  const parents = Int32Array.from({ length: count }, (_, at) => at);
  const root = (index: number): number => {
    let at = index;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] ?? 0] ?? 0;
      at = parents[at] ?? 0;
    }
    return at;
  };
  return {
    root,
    /** The root of both from now on. */
    join: (one: number, other: number): number => {
      parents[Math.max(one, other)] = Math.min(one, other);
      return Math.min(one, other);
    },
  };
}

function sumsOf(vectors: Float32Array, width: number, labels: Int32Array): Float32Array[] {
  const sums: Float32Array[] = [];
  labels.forEach((label, index) => {
    if (label < 0) return;
    const sum = (sums[label] ??= new Float32Array(width));
    for (let at = 0; at < width; at += 1) {
      sum[at] = (sum[at] ?? 0) + (vectors[index * width + at] ?? 0);
    }
  });
  return sums;
}

const centresOf = (vectors: Float32Array, width: number, labels: Int32Array): Float32Array[] =>
  sumsOf(vectors, width, labels).map(unit);

export function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

function mostAlike(vector: Float32Array, centres: readonly Float32Array[]): number {
  const alike = centres.map((centre) => product(vector, centre));
  return alike.indexOf(Math.max(...alike));
}
