import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { ENERGY_FRAME_SAMPLES } from './frame-energy.ts';
import type { VoiceSpan } from './voice-spans.ts';

/**
 * Mean square of s16le samples at -20 dBFS. Faint voices of two meetings of the AMI corpus have -27 dBFS at most; music as
 * it is sold has about -14.
 */
const LOUD = (32_768 * 0.1) ** 2;
/** Of the frames around a faint span: syllables leave pauses between them, and chords do not. */
const LOUD_SHARE = 0.9;
const AROUND_SAMPLES = SAMPLE_RATE;
/** Whoever speaks right after minutes of music is heard late. */
const BEFORE_VOICE_SAMPLES = 10 * SAMPLE_RATE;

/**
 * The faint spans that may be somebody who speaks softly. Not those that are as loud as music is and leave no pause: a
 * person that loud is heard at the first look, except shortly before a clear voice, where music may have deafened it.
 *
 * @param spans clear voices; a faint span lies between two of them
 * @param quietness energy of each 20 ms, as `frameEnergy` returns it
 */
export function withoutMusic({
  faint,
  spans,
  quietness,
}: {
  readonly faint: readonly VoiceSpan[];
  readonly spans: readonly VoiceSpan[];
  readonly quietness: ArrayLike<number>;
}): readonly VoiceSpan[] {
  let next = 0;
  return faint.filter((span) => {
    while ((spans[next]?.startSample ?? Infinity) < span.startSample) next += 1;
    const voiceStart = spans[next]?.startSample ?? Infinity;
    if (voiceStart - span.endSample <= BEFORE_VOICE_SAMPLES) return true;
    const around = {
      startSample: Math.max(span.startSample - AROUND_SAMPLES, spans[next - 1]?.endSample ?? 0),
      endSample: Math.min(span.endSample + AROUND_SAMPLES, voiceStart),
    };
    return loudShare(around, quietness) < LOUD_SHARE;
  });
}

function loudShare({ startSample, endSample }: VoiceSpan, quietness: ArrayLike<number>): number {
  const first = Math.ceil(startSample / ENERGY_FRAME_SAMPLES);
  const end = Math.min(Math.floor(endSample / ENERGY_FRAME_SAMPLES), quietness.length);
  let loud = 0;
  for (let frame = first; frame < end; frame += 1) {
    if ((quietness[frame] ?? 0) > LOUD) loud += 1;
  }
  return loud / Math.max(1, end - first);
}
