import { diffArrays } from 'diff';
import type { EditedTranscript } from '../../workflows/contracts/edited.ts';
import {
  segmentSchema,
  type Segment,
  type Transcript,
} from '../../workflows/contracts/transcript.ts';

/** A segment of an edited file. */
export interface Identified {
  /** Its own in the corrected transcript. */
  readonly id: string;
  /** The segment that it was, or was a part of; null: none of the transcript. */
  readonly origin: Segment | null;
  /** No segment had this id before. */
  readonly isNew: boolean;
}

/**
 * The ids of the segments of an edited file, in its order. An id is a name and no place: models cite it, and answers that are
 * paid for depend on it. So a segment keeps its id for as long as its words are there, and also where the file says which one
 * was reworded, split or joined to the next; one that was removed before may come back with its own. A new segment has an id
 * that no other one ever had in this transcript. Ids are neither in order nor without gaps then. Pure.
 */
export function identifySegments(
  before: Transcript,
  segments: EditedTranscript['segments'],
): Identified[] {
  const named = new Map(before.segments.map((segment) => [segment.id, segment]));
  const same = withTheirWords(named, segments);
  const taken = new Set([...same.values()].map(({ id }) => id));
  const ever = highestEver(before);
  let next = ever + 1;
  return segments.map(({ id: given = '' }, index) => {
    const kept = same.get(index);
    if (kept !== undefined) return { id: kept.id, origin: kept, isNew: false };
    const origin = named.get(given) ?? null;
    const wasThere = isSegmentId(given) && numberOf(given) <= ever;
    if (!wasThere || taken.has(given)) return { id: `s${next++}`, origin, isNew: true };
    taken.add(given);
    return { id: given, origin, isNew: false };
  });
}
const isSegmentId = (id: string): boolean => segmentSchema.shape.id.safeParse(id).success;
const numberOf = (id: string): number => Number(id.slice(1));

/** Where the segment with the highest id is gone, that is remembered, so that no later one gets it. */
export function withHighestId(before: Transcript, after: Transcript): Transcript {
  const { highestId: _, ...corrected } = after;
  const ever = Math.max(highestEver(before), highestEver(corrected));
  return ever > highestEver(corrected) ? { ...corrected, highestId: ever } : corrected;
}

const highestEver = ({ segments, highestId = 0 }: Transcript): number =>
  segments.reduce((most, { id }) => Math.max(most, numberOf(id)), highestId);

/** By index, the segments whose words are there still. */
function withTheirWords(
  named: ReadonlyMap<string, Segment>,
  segments: EditedTranscript['segments'],
): ReadonlyMap<number, Segment> {
  const left = new Map(named);
  const same = new Map<number, Segment>();
  for (const [index, { id = '', text }] of segments.entries()) {
    const one = left.get(id);
    if (one?.text !== text) continue;
    same.set(index, one);
    left.delete(id);
  }
  // Some programs number segments again, or leave the ids out.
  const open = [...segments.entries()].filter(([index]) => !same.has(index));
  for (const [at, one] of aligned(
    [...left.values()],
    open.map(([, { text }]) => text),
  )) {
    const [index] = open[at] ?? [];
    if (index !== undefined) same.set(index, one);
  }
  return same;
}

/** Pairs of the index of a text and the segment that has it, both in their order. */
function aligned(before: readonly Segment[], texts: string[]): [number, Segment][] {
  const parts = diffArrays(
    before.map(({ text }) => text),
    texts,
    { maxEditLength: MOST_EDITS },
  );
  const pairs: [number, Segment][] = [];
  let [from, to] = [0, 0];
  for (const { added, removed, count } of parts ?? []) {
    if (!added && !removed) {
      const same = before.slice(from, from + count);
      pairs.push(...same.map((segment, index): [number, Segment] => [to + index, segment]));
    }
    if (!added) from += count;
    if (!removed) to += count;
  }
  return pairs;
}

/** To align lists that have almost nothing in common would take minutes. */
const MOST_EDITS = 2_000;
