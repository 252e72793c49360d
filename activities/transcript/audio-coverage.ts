import {
  recordingTime,
  seconds,
  trackOf,
  type ChunkPlan,
} from '../../workflows/contracts/chunk-plan.ts';
import type { ItemFailure } from '../../workflows/contracts/activities.ts';

/**
 * How much of a recording was transcribed, and its gaps in order: chunks that failed, and damage. Neighbours with the same
 * reason are one gap. Seconds are of all tracks together, and sums of whole milliseconds between the plan's own bounds, so audio = transcribed +
 * silence + gaps holds exactly to three decimals. Throws a RangeError if the plan does not send a chunk that failed.
 */
export function audioCoverage(plan: ChunkPlan, failures: readonly ItemFailure[]) {
  const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
  const sent = new Set(plan.chunks.filter(({ speech }) => speech).map(({ index }) => index));
  for (const index of reasons.keys()) {
    if (!sent.has(index)) throw new RangeError(`The plan has no chunk ${index} with speech.`);
  }
  const milliseconds = { transcribed: 0, silence: 0 };
  const gaps: { start: number; end: number; reason: string }[] = [];
  const addGap = (start: number, end: number, reason: string) => {
    const previous = gaps.at(-1);
    if (previous?.end === start && previous.reason === reason) previous.end = end;
    else gaps.push({ start, end, reason });
  };
  for (const { index, startSample, endSample, speech } of plan.chunks) {
    const start = recordingTime(plan, startSample);
    const end = (toMs(start) + toMs(seconds(endSample)) - toMs(seconds(startSample))) / 1000;
    const reason = reasons.get(index);
    if (reason !== undefined) {
      addGap(start, end, reason);
      continue;
    }
    let lost = 0;
    for (const damage of trackOf(plan, startSample).damage) {
      const [from, to] = [Math.max(damage.start, start), Math.min(damage.end, end)].map(toMs);
      if (from === undefined || to === undefined || to <= from) continue;
      addGap(from / 1000, to / 1000, 'damaged');
      lost += to - from;
    }
    milliseconds[speech ? 'transcribed' : 'silence'] += toMs(end) - toMs(start) - lost;
  }
  return {
    audioSeconds: seconds(plan.samples),
    transcribedSeconds: milliseconds.transcribed / 1000,
    silenceSeconds: milliseconds.silence / 1000,
    gaps: gaps.toSorted((a, b) => a.start - b.start),
  };
}

const toMs = (time: number): number => Math.round(time * 1000);
