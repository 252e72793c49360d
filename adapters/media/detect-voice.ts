import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { faintSpans } from './faint-spans.ts';
import { createVoiceRater, type VoiceMemory, type VoiceRater } from './rate-voice.ts';
import { BYTES_PER_SAMPLE } from './pcm-files.ts';
import { FRAME_INPUT_SAMPLES } from './silero-graph.ts';
import { silentStretches } from './silent-stretches.ts';
import { FRAME_SAMPLES, settledSpans, voiceSpans, type VoiceSpan } from './voice-spans.ts';

export interface DetectedVoice {
  readonly samples: number;
  /** Where somebody speaks. In order, not touching. */
  readonly spans: readonly VoiceSpan[];
  /** In what `spans` leave silent for long: where somebody may speak. In order, not touching each other or `spans`. */
  readonly faint: readonly VoiceSpan[];
}

/**
 * Finds where somebody speaks, with Silero VAD v5, and looks a second time at long silences. Reads s16le at 16 kHz mono in
 * blocks, so that memory stays constant, and lets the event loop run every few milliseconds. Throws the signal's reason.
 */
export async function detectVoice(input: {
  readonly pcmPath: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that have been looked at once. */
  readonly onProgress?: (doneSeconds: number) => void;
  /**
   * Called now and then with the voice of the beginning, up to the end of its last span: that part of the result is
   * certain. It is called the less often the longer the recording is.
   */
  readonly onSettled?: ((beginning: DetectedVoice) => void | Promise<void>) | undefined;
  /** One that is loaded already, and is closed at the end. */
  readonly rater?: VoiceRater;
}): Promise<DetectedVoice> {
  const { pcmPath, signal, onProgress, onSettled } = input;
  await using file = await open(pcmPath);
  const rater = input.rater ?? (await createVoiceRater());
  try {
    const samples = Math.floor((await file.stat()).size / BYTES_PER_SAMPLE);
    const pause = async (): Promise<void> => {
      await setImmediate();
      signal?.throwIfAborted();
    };
    const read: ReadSamples = async (into, position) => {
      const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, position * BYTES_PER_SAMPLE);
      into.fill(0, Math.floor(bytesRead / BYTES_PER_SAMPLE)); // pads the last frame with silence
    };
    const recording = { samples, read, rater, pause };
    const faint: VoiceSpan[] = [];
    let lookedAt = 0;
    const lookAgain = async (spans: readonly VoiceSpan[], until: number): Promise<void> => {
      const silences = silentStretches(spans, until).slice(lookedAt);
      lookedAt += silences.length;
      faint.push(...faintSpans(await secondLook(recording, silences), silences));
    };
    let next = SETTLED_AFTER_SAMPLES;
    const voice = await firstLook(recording, async (rated) => {
      const ratedSamples = Math.min(samples, rated.length * FRAME_SAMPLES);
      onProgress?.(ratedSamples / SAMPLE_RATE);
      if (onSettled === undefined || ratedSamples < next || ratedSamples === samples) return;
      next = ratedSamples * SETTLED_AGAIN_TIMES;
      const spans = settledSpans(rated);
      const end = spans.at(-1)?.endSample;
      if (end === undefined) return;
      await lookAgain(spans, end);
      await onSettled({ samples: end, spans, faint: [...faint] });
    });
    const spans = voiceSpans(voice, samples);
    await lookAgain(spans, samples);
    return { samples, spans, faint };
  } finally {
    await rater.close();
  }
}

/** Four minutes, at which the first look takes half a second. */
const SETTLED_AFTER_SAMPLES = 240 * SAMPLE_RATE;

/** A day is told of a dozen times, and what is done each time for all of the beginning stays below three times its length. */
const SETTLED_AGAIN_TIMES = 1.5;

/** Fills `into` with the samples from `position` on, and with silence behind the end. */
type ReadSamples = (into: Int16Array<ArrayBuffer>, position: number) => Promise<void>;

interface Recording {
  readonly samples: number;
  readonly read: ReadSamples;
  readonly rater: VoiceRater;
  readonly pause: () => Promise<void>;
}

/** Silero v5 gets each frame together with the 64 samples before it. */
const CONTEXT_SAMPLES = FRAME_INPUT_SAMPLES - FRAME_SAMPLES;

/** 64 frames are two seconds of sound and some 4 ms of work. */
const FRAMES_A_BLOCK = 64;

/** The probability of voice in each frame, with a memory that reaches back to the beginning. */
async function firstLook(
  { samples, read, rater, pause }: Recording,
  onRated: (rated: Float32Array) => Promise<void>,
): Promise<Float32Array> {
  const probabilities = new Float32Array(Math.ceil(samples / FRAME_SAMPLES));
  const block = new Int16Array(CONTEXT_SAMPLES + FRAMES_A_BLOCK * FRAME_SAMPLES);
  let memory: VoiceMemory | undefined;
  for (let frame = 0; frame < probabilities.length; frame += FRAMES_A_BLOCK) {
    block.copyWithin(0, block.length - CONTEXT_SAMPLES);
    await read(block.subarray(CONTEXT_SAMPLES), frame * FRAME_SAMPLES);
    const count = Math.min(FRAMES_A_BLOCK, probabilities.length - frame);
    const frames = new Float32Array(count * FRAME_INPUT_SAMPLES);
    for (let index = 0; index < count; index += 1) {
      fillFrame(frames, index, block, index * FRAME_SAMPLES);
    }
    const rated = await rater.rate({ frames, stretches: 1, memory });
    memory = rated.memory;
    probabilities.set(rated.voice, frame);
    await onRated(probabilities.subarray(0, frame + count));
    await pause();
  }
  return probabilities;
}

/**
 * The probability of voice in each frame of the silences, 0 elsewhere, with a memory of two seconds at most. After minutes
 * without a clear voice the memory of the first look holds quiet people, and whoever speaks right after music, for more of
 * the same. Measured on 150 s of a meeting of the AMI corpus: the first look rates most of 16 s of speech below 0.02, a
 * look with a fresh memory above 0.15.
 */
async function secondLook(
  { samples, read, rater, pause }: Recording,
  silences: readonly VoiceSpan[],
): Promise<Float32Array> {
  const probabilities = new Float32Array(Math.ceil(samples / FRAME_SAMPLES));
  const lanes = silences.flatMap(lanesOf);
  const frameCount = WARM_UP_FRAMES + LANE_FRAMES;
  const lane = new Int16Array(CONTEXT_SAMPLES + frameCount * FRAME_SAMPLES);
  for (let first = 0; first < lanes.length; first += LANES_A_RUN) {
    const group = lanes.slice(first, first + LANES_A_RUN);
    const frames = new Float32Array(group.length * frameCount * FRAME_INPUT_SAMPLES);
    for (const [index, startFrame] of group.entries()) {
      const position = (startFrame - WARM_UP_FRAMES) * FRAME_SAMPLES - CONTEXT_SAMPLES;
      await readMirrored(read, lane, position);
      for (let step = 0; step < frameCount; step += 1) {
        fillFrame(frames, step * group.length + index, lane, step * FRAME_SAMPLES);
      }
    }
    const { voice } = await rater.rate({ frames, stretches: group.length });
    for (const [index, startFrame] of group.entries()) {
      for (
        let step = 0;
        step < LANE_FRAMES && startFrame + step < probabilities.length;
        step += 1
      ) {
        probabilities[startFrame + step] =
          voice[(WARM_UP_FRAMES + step) * group.length + index] ?? 0;
      }
    }
    await pause();
  }
  return probabilities;
}

/**
 * A second and a half. Measured on two meetings: lanes of one second send 1 % more and hear no more; with two, 1.4 % of one
 * meeting's speech stays unheard.
 */
const LANE_FRAMES = 47;

/** Half a second: the first frames after a start are rated too high in noise and too low in speech. */
const WARM_UP_FRAMES = 16;

/** 8 lanes of 63 frames take some 30 ms and 4 MB; more are not faster. */
const LANES_A_RUN = 8;

/** The first frame of each lane in a silence. */
function lanesOf({ startSample, endSample }: VoiceSpan): number[] {
  const first = Math.floor(startSample / FRAME_SAMPLES);
  const frames = Math.ceil(endSample / FRAME_SAMPLES) - first;
  return Array.from(
    { length: Math.ceil(frames / LANE_FRAMES) },
    (_, index) => first + index * LANE_FRAMES,
  );
}

/** What precedes the recording is its own beginning, backwards: silence there would make any noise a sudden start. */
async function readMirrored(
  read: ReadSamples,
  into: Int16Array<ArrayBuffer>,
  position: number,
): Promise<void> {
  const missing = Math.max(0, -position);
  await read(into.subarray(missing), position + missing);
  for (let index = 0; index < missing; index += 1) {
    into[missing - 1 - index] = into[missing + index] ?? 0;
  }
}

function fillFrame(
  frames: Float32Array,
  index: number,
  samples: Int16Array,
  firstSample: number,
): void {
  const at = index * FRAME_INPUT_SAMPLES;
  for (let sample = 0; sample < FRAME_INPUT_SAMPLES; sample += 1) {
    frames[at + sample] = (samples[firstSample + sample] ?? 0) / 32_768;
  }
}
