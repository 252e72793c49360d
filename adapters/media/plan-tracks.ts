import type { ChunkPlan, HeardSound } from '../../workflows/contracts/chunk-plan.ts';
import { ENERGY_FRAME_SAMPLES } from './frame-energy.ts';
import { planChunks } from './plan-chunks.ts';
import type { VoiceSpan } from './voice-spans.ts';

/**
 * Cuts each track of a recording into chunks, as `planChunks` does; no chunk crosses from one track to the next. Samples
 * count through all tracks.
 */
export function planTracks({
  sound,
  ...input
}: Parameters<typeof planChunks>[0] & {
  readonly quietness: Float64Array;
  readonly sound: HeardSound;
}): ChunkPlan {
  const length = input.samples / sound.tracks.length;
  const plans = sound.tracks.map(({ startSample }) => {
    const within = (spans: readonly VoiceSpan[] = []) =>
      spans
        .map((span) => ({
          startSample: Math.max(span.startSample - startSample, 0),
          endSample: Math.min(span.endSample - startSample, length),
        }))
        .filter((span) => span.startSample < span.endSample);
    const plan = planChunks({
      ...input,
      samples: length,
      spans: within(input.spans),
      faint: within(input.faint),
      quietness: input.quietness.subarray(
        Math.floor(startSample / ENERGY_FRAME_SAMPLES),
        Math.ceil((startSample + length) / ENERGY_FRAME_SAMPLES),
      ),
    });
    const moved = <S extends VoiceSpan>(span: S): S => ({
      ...span,
      startSample: span.startSample + startSample,
      endSample: span.endSample + startSample,
    });
    return {
      ...plan,
      chunks: plan.chunks.map((chunk) => ({
        ...moved(chunk),
        voice: chunk.voice?.map(moved) ?? [],
      })),
      soundInSilence: plan.soundInSilence?.map(moved) ?? [],
    };
  });
  const [first] = plans;
  if (first === undefined) throw new RangeError('a recording has at least one track');
  return {
    ...first,
    samples: input.samples,
    sound,
    chunks: plans.flatMap(({ chunks }) => chunks).map((chunk, index) => ({ ...chunk, index })),
    soundInSilence: plans.flatMap(({ soundInSilence }) => soundInSilence),
  };
}
