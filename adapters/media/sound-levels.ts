/**
 * What is known of several tracks of sound side by side: how loud each is every 100 ms, and how alike they are. Memory
 * depends on the number of tracks only, not on their length.
 */
export interface SoundLevels {
  /** Samples of all tracks, -1 to 1, for one block of about 100 ms; all tracks have the same length. */
  add(block: readonly Float32Array[]): void;
  /** Whether a track never gets louder than the noise of an open input. */
  isSilent(track: number): boolean;
  /** Sum of the squares of a track's samples where it is not silent. */
  power(track: number): number;
  /** Correlation of the samples, -1 to 1, while `other` is not silent: about 1 or -1 if all that it has is also on `one`. */
  correlation(one: number, other: number): number;
  /** Whether one track also hears who speaks on the other: microphones in one room, or a mix and one of its sources. */
  hear(one: number, other: number): boolean;
}

export function createSoundLevels(tracks: number): SoundLevels {
  const pairs = (tracks * (tracks + 1)) / 2;
  const place = (one: number, other: number) =>
    one <= other ? (other * (other + 1)) / 2 + one : (one * (one + 1)) / 2 + other;
  /** By `[one][other]`, summed over the blocks in which `other` is not silent: products of the two, and squares of `one`. */
  const products = new Float64Array(tracks * tracks);
  const squares = new Float64Array(tracks * tracks);
  const square = new Float64Array(tracks);
  /** For each pair, how often the two had these levels in the same block. */
  const levels = new Uint32Array(pairs * STEPS * STEPS);
  const step = new Uint8Array(tracks);

  /** For each level of `one`, how often `other` was at or above `level`, and how often there was a block. */
  const count = (one: number, other: number, isIn: (a: number, b: number) => boolean) => {
    const at = place(one, other) * STEPS * STEPS;
    let sum = 0;
    for (let low = 0; low < STEPS; low += 1) {
      for (let high = 0; high < STEPS; high += 1) {
        const [a, b] = one <= other ? [low, high] : [high, low];
        if (isIn(a, b)) sum += levels[at + low * STEPS + high] ?? 0;
      }
    }
    return sum;
  };
  /** The level of the quietest tenth of a track. */
  const floorOf = (track: number): number => {
    const tenth = count(track, track, () => true) / 10;
    let floor = 0;
    while (floor < STEPS - 1 && count(track, track, (a) => a <= floor) <= tenth) floor += 1;
    return floor;
  };
  /** How much more often `other` is raised while `one` is active than while it is not. */
  const lift = (one: number, other: number): number => {
    const active = Math.max(floorOf(one) + stepsOf(12), stepOf(-60));
    const raised = Math.max(floorOf(other) + stepsOf(6), SILENT);
    const share = (isIn: (a: number) => boolean) => {
      const blocks = count(one, other, (a) => isIn(a));
      return blocks === 0 ? 0 : count(one, other, (a, b) => isIn(a) && b >= raised) / blocks;
    };
    return share((a) => a >= active) - share((a) => a < active);
  };

  return {
    add: (block) => {
      for (let one = 0; one < tracks; one += 1) {
        square[one] = dot(block[one], block[one]);
        step[one] = stepOf(10 * Math.log10((square[one] ?? 0) / (block[one]?.length ?? 1) + 1e-12));
      }
      for (let one = 0; one < tracks; one += 1) {
        for (let other = 0; other <= one; other += 1) {
          const cell =
            place(one, other) * STEPS * STEPS + (step[other] ?? 0) * STEPS + (step[one] ?? 0);
          levels[cell] = (levels[cell] ?? 0) + 1;
        }
        for (let other = 0; other < tracks; other += 1) {
          if ((step[other] ?? 0) < SILENT) continue;
          const at = one * tracks + other;
          products[at] = (products[at] ?? 0) + dot(block[one], block[other]);
          squares[at] = (squares[at] ?? 0) + (square[one] ?? 0);
        }
      }
    },
    isSilent: (track) => count(track, track, (a) => a >= SILENT) === 0,
    power: (track) => squares[track * tracks + track] ?? 0,
    correlation: (one, other) => {
      const at = one * tracks + other;
      const power = (squares[at] ?? 0) * (squares[other * tracks + other] ?? 0);
      return power === 0 ? 0 : (products[at] ?? 0) / Math.sqrt(power);
    },
    hear: (one, other) => Math.max(lift(one, other), lift(other, one)) >= 0.4,
  };
}

/** Levels in steps of 3 dB, from -96 dBFS and below to 0. */
const STEPS = 33;
const stepOf = (decibels: number): number =>
  Math.min(STEPS - 1, Math.max(0, Math.round(decibels / 3) + STEPS - 1));
/** Below what open inputs and 16-bit converters give. */
const SILENT = stepOf(-66);
const stepsOf = (decibels: number): number => decibels / 3;

function dot(one: Float32Array = EMPTY, other: Float32Array = EMPTY): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1)
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}
const EMPTY = new Float32Array(0);
