import { trackOf, type ChunkPlan, type Samples } from '../../workflows/contracts/chunk-plan.ts';
import { assignSpeakers, type Assigned, type SpokenText, type Turn } from './assign-speakers.ts';

/** Gives the texts of a chunk, with times of the recording, to voices, whose names mean nothing. */
export type WhoSpoke = <T extends SpokenText>(
  chunk: Samples,
  texts: readonly T[],
) => readonly Assigned<T>[];

/**
 * Where a recording has several tracks, each is a voice: its microphone knows better than any model, and costs nothing.
 * Of one track the turns tell; null: nobody was asked, or nobody answered.
 */
export function whoSpoke(plan: ChunkPlan, turns: readonly Turn[] | null): WhoSpoke {
  const tracks = plan.sound?.tracks.length ?? 1;
  return (chunk, texts) => {
    if (tracks === 1 && turns !== null) return assignSpeakers(texts, turns);
    const speaker = tracks > 1 ? `track ${trackOf(plan, chunk.startSample).startSample}` : null;
    return texts.map((text) => ({ ...text, speaker }));
  };
}
