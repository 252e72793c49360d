import { product } from './cluster-voices.ts';
import {
  FIRST_MIDDLE,
  FRAME_SECONDS,
  LOCAL_SPEAKERS,
  WINDOW_FRAMES,
  windowStart,
  type LocalActivity,
} from './segmentation.ts';
import type { Stretch } from './speech-windows.ts';
import { unit } from './voice-vectors.ts';

/** As alike are one speaker, and one who speaks half of the time while another has the other half: no longer the same. */
const HALF_ANOTHER = Math.SQRT1_2;

/** Of the voices `first`, `first + 1`, … that lie in a window: how much each of its three speakers speaks in them, 0 to 1. */
interface Shares {
  readonly first: number;
  readonly shares: readonly (readonly number[])[];
}

/**
 * Steadier voices: to each one are added those near it in which the same person speaks. 1.5 s of speech say little of a voice, and a
 * little noise, another encoding or a shift by some milliseconds makes another vector of it. Who is who within 10 s, the
 * segmentation knows better than any voice; and where it errs, voices that are not alike keep apart: a neighbour counts by how
 * surely it is the same speaker there, times the square of how alike the two voices are.
 *
 * `voices` are in order of time, `vectors` hold `width` numbers of unit length for each; so does what is returned.
 */
export function steadyVoices(
  windows: readonly LocalActivity[],
  voices: readonly Stretch[],
  vectors: Float32Array,
  width: number,
): Float32Array<ArrayBuffer> {
  const vectorAt = (index: number) => vectors.subarray(index * width, (index + 1) * width);
  const shares = sharesOf(windows, voices);
  const steady = Float32Array.from(vectors);
  let earliest = 0;
  voices.forEach((_, voice) => {
    while (endOf(shares[earliest]) <= voice && earliest < shares.length - 1) earliest += 1;
    const sum = steady.subarray(voice * width, (voice + 1) * width);
    for (const [other, same] of samenessAround(shares, earliest, voice)) {
      const vector = vectorAt(other);
      const alike = Math.max(0, product(vectorAt(voice), vector));
      const weight = Math.max(0, (same - HALF_ANOTHER) / (1 - HALF_ANOTHER)) * alike ** 2;
      for (let at = 0; at < width; at += 1) sum[at] = (sum[at] ?? 0) + weight * (vector[at] ?? 0);
    }
    sum.set(unit(sum));
  });
  return steady;
}

const endOf = (window: Shares | undefined): number =>
  window === undefined ? Infinity : window.first + window.shares.length;

function sharesOf(windows: readonly LocalActivity[], voices: readonly Stretch[]): Shares[] {
  const frameOf = (seconds: number) => Math.round((seconds - FIRST_MIDDLE) / FRAME_SECONDS);
  let first = 0;
  return windows.map((window, index) => {
    const start = windowStart(index);
    const isBefore = (voice: Stretch | undefined) =>
      voice !== undefined && frameOf(voice.start) < start;
    while (isBefore(voices[first])) first += 1;
    const shares: (readonly number[])[] = [];
    for (let at = first; at < voices.length; at += 1) {
      const { start: from = 0, end: to = 0 } = voices[at] ?? {};
      if (frameOf(to) - start > WINDOW_FRAMES) break;
      shares.push(meanOf(window, frameOf(from) - start, frameOf(to) - start));
    }
    return { first, shares };
  });
}

function meanOf({ probabilities }: LocalActivity, from: number, to: number): readonly number[] {
  return Array.from({ length: LOCAL_SPEAKERS }, (_, member) => {
    let sum = 0;
    for (let frame = from; frame < to; frame += 1) {
      sum += (probabilities[frame * LOCAL_SPEAKERS + member] ?? 0) / 255;
    }
    return sum / Math.max(1, to - from);
  });
}

/** For each other voice that shares a window with `voice`: how surely the same person speaks, 0 to 1, the mean over these windows. */
function samenessAround(
  windows: readonly Shares[],
  earliest: number,
  voice: number,
): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let at = earliest; at < windows.length; at += 1) {
    const window = windows[at];
    if (window === undefined || window.first > voice) break;
    const own = window.shares[voice - window.first];
    if (own === undefined) continue;
    window.shares.forEach((share, index) => {
      const same = cosine(own, share);
      if (window.first + index === voice || same === null) return;
      const { sum, count } = sums.get(window.first + index) ?? { sum: 0, count: 0 };
      sums.set(window.first + index, { sum: sum + same, count: count + 1 });
    });
  }
  return new Map([...sums].map(([other, { sum, count }]) => [other, sum / count]));
}

/** Null: in one of them nobody speaks. */
function cosine(one: readonly number[], other: readonly number[]): number | null {
  const lengths = Math.hypot(...one) * Math.hypot(...other);
  if (lengths < 1e-6) return null;
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0) / lengths;
}
