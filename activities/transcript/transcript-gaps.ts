import type { ChunkPlan, PlannedChunk } from '../../workflows/contracts/chunk-plan.ts';
import { seconds } from '../../workflows/contracts/chunk-plan.ts';

export interface Gap {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

/**
 * What of the recording nobody transcribed, in the order of the recording. Neighbours that failed for the same
 * reason are one gap. Throws a RangeError for a failure of a chunk that the plan does not send.
 */
export function gapsOf(
  plan: ChunkPlan,
  failures: readonly { readonly index: number; readonly reason: string }[],
): Gap[] {
  const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
  assertSpeechChunks(plan, reasons.keys());
  const gaps: Gap[] = [];
  for (const chunk of plan.chunks) {
    const reason = reasons.get(chunk.index);
    if (reason === undefined) continue;
    const [start, end] = [seconds(chunk.startSample), seconds(chunk.endSample)];
    const previous = gaps.at(-1);
    if (previous?.end === start && previous.reason === reason) {
      gaps[gaps.length - 1] = { ...previous, end };
    } else {
      gaps.push({ start, end, reason });
    }
  }
  return gaps;
}

/**
 * Seconds by what became of them. Whole milliseconds between the plan's own bounds are added, so that
 * audio = transcribed + silence + gaps holds to the last of the three decimals.
 */
export function coverageSeconds(
  plan: ChunkPlan,
  failedIndexes: Iterable<number>,
): {
  readonly audioSeconds: number;
  readonly transcribedSeconds: number;
  readonly silenceSeconds: number;
} {
  const failed = new Set(failedIndexes);
  assertSpeechChunks(plan, failed);
  const sumOf = (belongs: (chunk: PlannedChunk) => boolean): number =>
    plan.chunks.filter(belongs).reduce((sum, chunk) => sum + milliseconds(chunk), 0) / 1000;
  return {
    audioSeconds: seconds(plan.samples),
    transcribedSeconds: sumOf((chunk) => chunk.speech && !failed.has(chunk.index)),
    silenceSeconds: sumOf((chunk) => !chunk.speech),
  };
}

const milliseconds = ({ startSample, endSample }: PlannedChunk): number =>
  Math.round(seconds(endSample) * 1000) - Math.round(seconds(startSample) * 1000);

function assertSpeechChunks(plan: ChunkPlan, indexes: Iterable<number>): void {
  const sent = new Set(plan.chunks.filter(({ speech }) => speech).map(({ index }) => index));
  for (const index of indexes) {
    if (!sent.has(index)) throw new RangeError(`The plan has no chunk ${index} with speech.`);
  }
}
