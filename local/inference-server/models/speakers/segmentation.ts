import type { SampleStream } from './sample-stream.ts';
import { RATE } from './sample-stream.ts';

/** Seconds from one frame of the segmentation to the next, and from its window's start to the middle of the first. */
export const FRAME_SECONDS = 0.016_875;
export const FIRST_MIDDLE = 0.03;
/** Frames of a window of 10 s. */
export const WINDOW_FRAMES = 589;
const WINDOW_SAMPLES = 10 * RATE;
const STEP_SAMPLES = 2.5 * RATE;
/** Less than this after the last window is left to it. */
const SHORTEST_REST = RATE / 2;

/** Speakers that one window tells apart. */
export const LOCAL_SPEAKERS = 3;
/** Nobody; one of three; two of three. */
const CLASSES: readonly (readonly number[])[] = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2]];

/**
 * Speech is wherever the mean probability stays above `least`, if it once comes up to `sure` there. One threshold alone stands
 * on a knife's edge: at one half the windows' edges, which hear less, cut off the beginnings of sentences, and below it
 * laughter, for seconds at about one half, is speech in one encoding and none in the next. Two speak where theirs is above `OVERLAP`.
 */
const SPEECH = { least: 0.4, sure: 0.8 };
const OVERLAP = 0.5;

/** Who of up to three speaks in each frame of a window. */
export interface LocalActivity {
  /** Bits: which of the three speak, by the likeliest class. */
  readonly speaking: Uint8Array;
  /** Probabilities as 0 to 255, three for each frame. */
  readonly probabilities: Uint8Array;
}

export interface Activity {
  /** How many speak in each frame of the recording: 0, 1 or 2. */
  readonly counts: Uint8Array;
  /** In order; window `n` starts at `windowStart(n)`. */
  readonly windows: readonly LocalActivity[];
  readonly seconds: number;
}

/** The recording's frame with which a window starts. */
export const windowStart = (window: number): number =>
  Math.round((window * STEP_SAMPLES) / RATE / FRAME_SECONDS);

/** Runs the segmentation over windows of samples: [windows, 1, 160000] in, [windows, 589, 7] logarithms out. */
export type Segment = (
  samples: Float32Array,
  shape: readonly number[],
) => Promise<Float32Array<ArrayBuffer>>;

/** Finds how many speak when: windows of 10 s every 2.5 s, their probabilities averaged. Memory: 8 MB for an hour. */
export async function segmentRecording(stream: SampleStream, segment: Segment): Promise<Activity> {
  const windows: LocalActivity[] = [];
  const speech = createFrameMeans();
  const overlap = createFrameMeans();
  let samples = 0;
  for (let start = 0, ended = false; !ended; start += STEP_SAMPLES) {
    // One sample more tells whether there is another window.
    const read = await stream.read(start, WINDOW_SAMPLES + 1);
    samples = Math.max(samples, read.length === 0 ? 0 : start + read.length);
    ended = read.length <= WINDOW_SAMPLES;
    if (read.length === 0 || (start > 0 && read.length <= SHORTEST_REST)) break;
    const padded = new Float32Array(WINDOW_SAMPLES);
    padded.set(read.subarray(0, WINDOW_SAMPLES));
    const scores = await segment(padded, [1, 1, WINDOW_SAMPLES]);
    const { activity, anybody, two } = decodeScores(scores);
    speech.add(windowStart(windows.length), anybody);
    overlap.add(windowStart(windows.length), two);
    windows.push(activity);
  }
  const seconds = samples / RATE;
  const spoken = speechFrames(speech.means());
  const counts = overlap
    .means()
    .map((two, at) => (spoken[at] === 1 ? 1 + Number(two > OVERLAP) : 0));
  return { counts: Uint8Array.from(counts), windows, seconds };
}

/** 1 where somebody speaks, by the probability in each frame. */
export function speechFrames(means: Float32Array): Uint8Array {
  const spoken = new Uint8Array(means.length);
  let from = -1;
  let most = 0;
  for (let frame = 0; frame <= means.length; frame += 1) {
    const mean = means[frame] ?? 0;
    if (mean > SPEECH.least) {
      if (from < 0) [from, most] = [frame, 0];
      most = Math.max(most, mean);
    } else if (from >= 0) {
      if (most > SPEECH.sure) spoken.fill(1, from, frame);
      from = -1;
    }
  }
  return spoken;
}

/** From the logarithms of one window. */
export function decodeScores(scores: Float32Array): {
  readonly activity: LocalActivity;
  /** The probabilities that anybody speaks, and that two do. */
  readonly anybody: Float32Array;
  readonly two: Float32Array;
} {
  const frames = scores.length / CLASSES.length;
  const speaking = new Uint8Array(frames);
  const probabilities = new Uint8Array(frames * LOCAL_SPEAKERS);
  const anybody = new Float32Array(frames);
  const two = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const sums = [0, 0, 0];
    let likeliest = 0;
    let most = -Infinity;
    CLASSES.forEach((members, index) => {
      const score = scores[frame * CLASSES.length + index] ?? -Infinity;
      const probability = Math.exp(score);
      if (score > most) [most, likeliest] = [score, index];
      if (members.length > 0) anybody[frame] = (anybody[frame] ?? 0) + probability;
      if (members.length > 1) two[frame] = (two[frame] ?? 0) + probability;
      for (const member of members) sums[member] = (sums[member] ?? 0) + probability;
    });
    for (const member of CLASSES[likeliest] ?? [])
      speaking[frame] = (speaking[frame] ?? 0) | (1 << member);
    sums.forEach((sum, member) => {
      probabilities[frame * LOCAL_SPEAKERS + member] = Math.round(255 * Math.min(1, sum));
    });
  }
  return { activity: { speaking, probabilities }, anybody, two };
}

/** Windows hear best in their middle: weights of a Hamming window. */
export const FRAME_WEIGHTS = Float32Array.from(
  { length: WINDOW_FRAMES },
  (_, at) => 0.54 - 0.46 * Math.cos((2 * Math.PI * at) / (WINDOW_FRAMES - 1)),
);

/** Weighted means over windows that overlap. */
function createFrameMeans() {
  let sums = new Float32Array(4 * WINDOW_FRAMES);
  let weights = new Float32Array(sums.length);
  let used = 0;
  return {
    add: (start: number, values: Float32Array): void => {
      used = start + values.length;
      if (used > sums.length) {
        [sums, weights] = [sums, weights].map((old) => {
          const longer = new Float32Array(2 * used);
          longer.set(old);
          return longer;
        }) as [typeof sums, typeof weights];
      }
      values.forEach((value, at) => {
        const weight = FRAME_WEIGHTS[at] ?? 0;
        sums[start + at] = (sums[start + at] ?? 0) + value * weight;
        weights[start + at] = (weights[start + at] ?? 0) + weight;
      });
    },
    means: (): Float32Array =>
      sums.subarray(0, used).map((sum, at) => sum / Math.max(weights[at] ?? 0, 1e-9)),
  };
}
