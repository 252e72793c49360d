import { FRAME_SAMPLES, type VoiceSpan } from './voice-spans.ts';

/**
 * Where somebody may speak in what was taken for silence: two frames, at most a quarter of a second apart, that the
 * second look rates 0.15 or more. In order, not touching, within the silences, without a margin.
 */
export function faintSpans(
  probabilities: ArrayLike<number>,
  silences: readonly VoiceSpan[],
): readonly VoiceSpan[] {
  return silences.flatMap((silence) => faintIn(silence, probabilities));
}

// Measured on two meetings of the AMI corpus, from six starting points each, with `npm run bench:voice`: at 0.15 at most 0.4 %
// of the speech stays unheard, at 0.2 up to 1.7 %, at 0.3 up to 3 %; at 0.1 a busy tone is heard as a voice. A single frame is
// how a ring or busy tone begins; with three, a quiet word is lost.
const PERHAPS_VOICE_AT = 0.15;
const FEWEST_FRAMES = 2;
/** A quarter of a second: the pause between two syllables. */
const LONGEST_PAUSE_FRAMES = 8;

function faintIn(silence: VoiceSpan, probabilities: ArrayLike<number>): readonly VoiceSpan[] {
  const spans: VoiceSpan[] = [];
  let run: { first: number; last: number; frames: number } | null = null;
  const close = (): void => {
    if (run !== null && run.frames >= FEWEST_FRAMES) {
      spans.push({
        startSample: Math.max(silence.startSample, run.first * FRAME_SAMPLES),
        endSample: Math.min(silence.endSample, (run.last + 1) * FRAME_SAMPLES),
      });
    }
    run = null;
  };
  const end = silence.endSample / FRAME_SAMPLES;
  for (let frame = Math.floor(silence.startSample / FRAME_SAMPLES); frame < end; frame += 1) {
    if ((probabilities[frame] ?? 0) < PERHAPS_VOICE_AT) continue;
    if (run !== null && frame - run.last > LONGEST_PAUSE_FRAMES) close();
    run ??= { first: frame, last: frame, frames: 0 };
    run.last = frame;
    run.frames += 1;
  }
  close();
  return spans;
}
