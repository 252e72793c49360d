import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';

/** Samples from `startSample` (included) to `endSample` (excluded). */
export interface VoiceSpan {
  readonly startSample: number;
  readonly endSample: number;
}

/** Silero v5 rates 32 ms at 16 kHz at a time. */
export const FRAME_SAMPLES = 512;

// The values of Silero's get_speech_timestamps, except for the padding: 100 ms instead of 30 ms. Cutting off the soft
// beginning of a word loses the word; 70 ms of extra silence cost nothing.
const VOICE_BEGINS_AT = 0.5;
const VOICE_ENDS_BELOW = 0.35;
const SHORTEST_VOICE_SAMPLES = 0.25 * SAMPLE_RATE;
const SHORTEST_SILENCE_SAMPLES = 0.1 * SAMPLE_RATE;
const PADDING_SAMPLES = 0.1 * SAMPLE_RATE;

/**
 * Turns the probability of voice in each frame into spans: in order, not touching, within `[0, samples)`. Two thresholds
 * keep a wavering voice in one span.
 */
export function voiceSpans(
  probabilities: ArrayLike<number>,
  samples: number,
): readonly VoiceSpan[] {
  return padded(runsOfVoice(probabilities, samples), samples);
}

/**
 * The first spans that `voiceSpans` gives for a recording, when only its first frames are rated: those that no later frame
 * changes.
 */
export function settledSpans(probabilities: ArrayLike<number>): readonly VoiceSpan[] {
  const rated = probabilities.length * FRAME_SAMPLES;
  return voiceSpans(probabilities, rated).filter(
    ({ endSample }) => endSample <= rated - UNSETTLED_SAMPLES,
  );
}

/**
 * A span can still be joined to a voice that begins within twice the padding, and such a voice is only known once it has
 * lasted, with the silence in it: 0.2 + 0.25 + 0.1 s, and a frame.
 */
const UNSETTLED_SAMPLES = SAMPLE_RATE;

function runsOfVoice(probabilities: ArrayLike<number>, samples: number): readonly VoiceSpan[] {
  const runs: VoiceSpan[] = [];
  let start: number | null = null;
  let silentSince: number | null = null;
  const close = (startSample: number, endSample: number): void => {
    if (endSample - startSample >= SHORTEST_VOICE_SAMPLES) runs.push({ startSample, endSample });
    start = null;
    silentSince = null;
  };
  for (let frame = 0; frame < probabilities.length; frame += 1) {
    const probability = probabilities[frame] ?? 0;
    const at = frame * FRAME_SAMPLES;
    if (start === null) {
      if (probability >= VOICE_BEGINS_AT) start = at;
    } else if (probability >= VOICE_BEGINS_AT) {
      silentSince = null;
    } else if (probability < VOICE_ENDS_BELOW || silentSince !== null) {
      silentSince ??= at;
      if (at + FRAME_SAMPLES - silentSince >= SHORTEST_SILENCE_SAMPLES) close(start, silentSince);
    }
  }
  if (start !== null) close(start, silentSince ?? samples);
  return runs;
}

/** Adds padding and joins spans that then touch. */
function padded(runs: readonly VoiceSpan[], samples: number): readonly VoiceSpan[] {
  const spans: VoiceSpan[] = [];
  for (const run of runs) {
    const startSample = Math.max(0, run.startSample - PADDING_SAMPLES);
    const endSample = Math.min(samples, run.endSample + PADDING_SAMPLES);
    const last = spans.at(-1);
    if (last && startSample <= last.endSample) {
      spans[spans.length - 1] = { startSample: last.startSample, endSample };
    } else {
      spans.push({ startSample, endSample });
    }
  }
  return spans;
}
