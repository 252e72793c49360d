import {
  recordingTime,
  seconds,
  trackOf,
  type ChunkPlan,
} from '../../workflows/contracts/chunk-plan.ts';
import type { ItemFailure } from '../../workflows/contracts/paid-activity.ts';
import type { SettledChunk } from './settle-chunk.ts';

/**
 * How much of a recording was transcribed, and its gaps in order: chunks that failed, voice without words in a chunk
 * that was answered, and damage. Neighbours with the same reason are one gap. Seconds are of all tracks together, and
 * sums of whole milliseconds between the plan's own bounds, so audio = transcribed + silence + gaps holds exactly to
 * three decimals. Throws a RangeError if the plan does not send a chunk that failed.
 *
 * @param settled by chunk index; a chunk that is not there counts as transcribed in full
 */
export function audioCoverage(
  plan: ChunkPlan,
  failures: readonly ItemFailure[],
  settled: ReadonlyMap<number, Pick<SettledChunk, 'wordless' | 'untimedSeconds'>> = new Map(),
) {
  const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
  const sent = new Set(plan.chunks.filter(({ speech }) => speech).map(({ index }) => index));
  for (const index of reasons.keys()) {
    if (!sent.has(index)) throw new RangeError(`The plan has no chunk ${index} with speech.`);
  }
  const damageOf = damageByTrack();
  const milliseconds = { transcribed: 0, silence: 0 };
  const gaps: { start: number; end: number; reason: string }[] = [];
  const addGap = (startMs: number, endMs: number, reason: string) => {
    const [start, end] = [startMs / 1000, endMs / 1000];
    const previous = gaps.at(-1);
    if (previous?.end === start && previous.reason === reason) previous.end = end;
    else gaps.push({ start, end, reason });
  };
  for (const { index, startSample, endSample, speech } of plan.chunks) {
    const start = toMs(recordingTime(plan, startSample));
    const end = start + toMs(seconds(endSample)) - toMs(seconds(startSample));
    const reason = reasons.get(index);
    if (reason !== undefined) {
      addGap(start, end, reason);
      continue;
    }
    const within = (from: number, to: number): Milliseconds => ({
      start: Math.max(from, start),
      end: Math.min(to, end),
    });
    const damaged = damagedWithin(start, end, damageOf(plan, startSample)).map((damage) =>
      within(damage.start, damage.end),
    );
    const wordless = (settled.get(index)?.wordless ?? [])
      .map((span) => within(start + toMs(span.start), start + toMs(span.end)))
      .flatMap((span) => without(span, damaged));
    let lost = 0;
    for (const [span, why] of [
      ...damaged.map((one) => [one, 'damaged'] as const),
      ...wordless.map((one) => [one, NO_WORDS] as const),
    ].toSorted(([a], [b]) => a.start - b.start)) {
      addGap(span.start, span.end, why);
      lost += span.end - span.start;
    }
    milliseconds[speech ? 'transcribed' : 'silence'] += end - start - lost;
  }
  const untimed = [...settled.values()].map(({ untimedSeconds }) => untimedSeconds);
  const isToldFor = untimed.every((one) => one !== null);
  return {
    audioSeconds: seconds(plan.samples),
    transcribedSeconds: milliseconds.transcribed / 1000,
    silenceSeconds: milliseconds.silence / 1000,
    gaps: gaps.toSorted((a, b) => a.start - b.start),
    ...(untimed.length > 0 &&
      isToldFor && { untimedSeconds: untimed.reduce((sum, one) => sum + one, 0) }),
  };
}

/** The reason of a gap: a voice is there, and no words of it. */
export const NO_WORDS = 'no_words';

interface Milliseconds {
  readonly start: number;
  readonly end: number;
}

/** The damage of the track that a sample is in, turned into milliseconds once a track. */
function damageByTrack(): (plan: ChunkPlan, sample: number) => readonly Milliseconds[] {
  const byTrack = new Map<number, readonly Milliseconds[]>();
  return (plan, sample) => {
    const { startSample, damage } = trackOf(plan, sample);
    const known = byTrack.get(startSample);
    if (known !== undefined) return known;
    const found = damage.map(({ start, end }) => ({ start: toMs(start), end: toMs(end) }));
    byTrack.set(startSample, found);
    return found;
  };
}

/** The damage, which is in order and does not overlap, that has a part between two times. */
function damagedWithin(
  start: number,
  end: number,
  damage: readonly Milliseconds[],
): readonly Milliseconds[] {
  let [low, high] = [0, damage.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((damage[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const found: Milliseconds[] = [];
  for (let at = low; at < damage.length; at += 1) {
    const one = damage[at];
    if (one === undefined || one.start >= end) break;
    if (isSome(one)) found.push(one);
  }
  return found;
}

const isSome = ({ start, end }: Milliseconds): boolean => end > start;

/** What is left of a span without others, which are in order. */
function without(span: Milliseconds, others: readonly Milliseconds[]): readonly Milliseconds[] {
  let from = span.start;
  const left: Milliseconds[] = [];
  for (const { start, end } of others) {
    left.push({ start: from, end: Math.min(start, span.end) });
    from = Math.max(from, end);
  }
  return [...left, { start: from, end: span.end }].filter(isSome);
}

const toMs = (time: number): number => Math.round(time * 1000);
