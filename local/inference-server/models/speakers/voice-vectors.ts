import { BANDS, filterBanks, FRAME_STEP, frameCount, subtractMean } from './filter-banks.ts';
import { RATE, type SampleStream } from './sample-stream.ts';
import { VOICE_SECONDS, type VoiceWindow } from './speech-windows.ts';

/** Numbers that describe a voice. */
export const VOICE_WIDTH = 192;

const SAMPLES = VOICE_SECONDS * RATE;
const FRAMES = frameCount(SAMPLES);
/** More are not faster, and take more memory. */
const BATCH = 8;

/** Describes voices: [windows, 148, 80] filter banks in, [windows, 192] numbers out. */
export type Describe = (
  banks: Float32Array,
  shape: readonly number[],
) => Promise<Float32Array<ArrayBuffer>>;

/** A vector of unit length for each window, in order. What is shorter than a window is repeated. Memory: 4 MB for an hour. */
export async function voiceVectors(
  stream: SampleStream,
  windows: readonly VoiceWindow[],
  describe: Describe,
): Promise<Float32Array<ArrayBuffer>> {
  const vectors = new Float32Array(windows.length * VOICE_WIDTH);
  for (let first = 0; first < windows.length; first += BATCH) {
    const batch = windows.slice(first, first + BATCH);
    const banks = new Float32Array(batch.length * FRAMES * BANDS);
    for (const [index, { start, end }] of batch.entries()) {
      // Starts are whole frames, as if the banks of the whole recording were cut.
      const at = Math.round((start * RATE) / FRAME_STEP) * FRAME_STEP;
      const length = Math.min(SAMPLES, Math.round((end - start) * RATE));
      const own = filterBanks(await stream.read(at, length));
      banks.set(repeated(own), index * FRAMES * BANDS);
    }
    const described = await describe(banks, [batch.length, FRAMES, BANDS]);
    for (let index = 0; index < batch.length; index += 1) {
      const vector = described.subarray(index * VOICE_WIDTH, (index + 1) * VOICE_WIDTH);
      vectors.set(unit(vector), (first + index) * VOICE_WIDTH);
    }
  }
  return vectors;
}

/** 148 frames, their mean subtracted. */
function repeated(own: Float32Array): Float32Array {
  const frames = new Float32Array(FRAMES * BANDS);
  for (let at = 0; own.length > 0 && at < frames.length; at += own.length) {
    frames.set(own.subarray(0, frames.length - at), at);
  }
  subtractMean(frames);
  return frames;
}

export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0));
  return vector.map((one) => one / Math.max(length, 1e-9));
}
