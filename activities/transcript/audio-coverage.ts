import {
  seconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import type { ItemFailure } from '../../workflows/contracts/activities.ts';

/**
 * How much of a recording was transcribed, and its gaps in order; neighbours that failed for the same reason are one
 * gap. Seconds are sums of whole milliseconds between the plan's own bounds, so audio = transcribed + silence + gaps
 * holds exactly to three decimals. Throws a RangeError if the plan does not send a chunk that failed.
 */
export function audioCoverage(plan: ChunkPlan, failures: readonly ItemFailure[]) {
  const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
  const sent = new Set(plan.chunks.filter(({ speech }) => speech).map(({ index }) => index));
  for (const index of reasons.keys()) {
    if (!sent.has(index)) throw new RangeError(`The plan has no chunk ${index} with speech.`);
  }
  const secondsOf = (belongs: (chunk: PlannedChunk) => boolean): number =>
    plan.chunks.filter(belongs).reduce((sum, chunk) => sum + milliseconds(chunk), 0) / 1000;

  const gaps: { start: number; end: number; reason: string }[] = [];
  for (const chunk of plan.chunks) {
    const reason = reasons.get(chunk.index);
    if (reason === undefined) continue;
    const [start, end] = [seconds(chunk.startSample), seconds(chunk.endSample)];
    const previous = gaps.at(-1);
    if (previous?.end === start && previous.reason === reason) previous.end = end;
    else gaps.push({ start, end, reason });
  }
  return {
    audioSeconds: seconds(plan.samples),
    transcribedSeconds: secondsOf(({ speech, index }) => speech && !reasons.has(index)),
    silenceSeconds: secondsOf(({ speech }) => !speech),
    gaps,
  };
}

const milliseconds = ({ startSample, endSample }: PlannedChunk): number =>
  Math.round(seconds(endSample) * 1000) - Math.round(seconds(startSample) * 1000);
