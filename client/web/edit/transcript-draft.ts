import type { Segment, Transcript } from '../../../workflows/contracts/transcript.ts';

/** A segment as a person corrects it; without words, it is taken out. */
export interface DraftSegment {
  readonly text: string;
  /** The id of a speaker; null: nobody known. */
  readonly speaker: string | null;
}

/** Corrections of a transcript by the ids of segments, and the version of the minutes that they began from. */
export interface TranscriptDraft {
  readonly version: number;
  readonly segments: Readonly<Record<string, DraftSegment>>;
}

/** With a correction of a segment; one that changes nothing is none. */
export function withSegment(
  draft: TranscriptDraft,
  segment: Segment,
  corrected: DraftSegment,
): TranscriptDraft {
  const { [segment.id]: _, ...others } = draft.segments;
  const isSame = corrected.text.trim() === segment.text && corrected.speaker === segment.speaker;
  return { ...draft, segments: isSame ? others : { ...others, [segment.id]: corrected } };
}

/** The transcript with the corrections, as `edit` takes it. */
export const transcriptWith = (
  transcript: Transcript,
  { segments: corrections }: TranscriptDraft,
): Transcript => ({
  ...transcript,
  segments: transcript.segments.flatMap((segment) => {
    const corrected = corrections[segment.id];
    if (corrected === undefined) return [segment];
    const text = corrected.text.trim();
    if (text === '') return [];
    // Whoever corrects the words has heard them.
    const { mayBeInvented: _, ...heard } = segment;
    const kept = text === segment.text ? segment : heard;
    return [{ ...kept, text, speaker: corrected.speaker }];
  }),
});

/** How many segments would be different. */
export const correctedSegments = ({ segments }: Transcript, draft: TranscriptDraft): number =>
  segments.filter(({ id }) => draft.segments[id] !== undefined).length;

/** What was written for segments that a transcript does not have (any more). */
export function homeless({ segments }: Transcript, draft: TranscriptDraft): readonly string[] {
  const known = new Set(segments.map(({ id }) => id));
  return Object.entries(draft.segments).flatMap(([id, { text }]) => (known.has(id) ? [] : [text]));
}
