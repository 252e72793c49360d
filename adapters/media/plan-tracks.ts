import type { ChunkPlan, HeardSound } from '../../workflows/contracts/chunk-plan.ts';
import { ENERGY_FRAME_SAMPLES } from './frame-energy.ts';
import { planChunks } from './plan-chunks.ts';

/**
 * Cuts each track of a recording into chunks, as `planChunks` does; no chunk crosses from one track to the next. Times of
 * the chunks count through all tracks.
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
    const endSample = startSample + length;
    return planChunks({
      ...input,
      samples: length,
      spans: input.spans
        .map((span) => ({
          startSample: Math.max(span.startSample, startSample) - startSample,
          endSample: Math.min(span.endSample, endSample) - startSample,
        }))
        .filter((span) => span.startSample < span.endSample),
      quietness: input.quietness.subarray(Math.floor(startSample / ENERGY_FRAME_SAMPLES)),
    });
  });
  const [first] = plans;
  if (first === undefined) throw new RangeError('a recording has at least one track');
  return {
    ...first,
    samples: input.samples,
    sound,
    chunks: plans
      .flatMap(({ chunks }, index) =>
        chunks.map((chunk) => ({
          ...chunk,
          startSample: chunk.startSample + length * index,
          endSample: chunk.endSample + length * index,
        })),
      )
      .map((chunk, index) => ({ ...chunk, index })),
  };
}
