import { expect, test } from 'vitest';
import {
  correctedSegments,
  homeless,
  transcriptWith,
  withSegment,
  type TranscriptDraft,
} from '../../../client/web/edit/transcript-draft.ts';
import type { Segment, Transcript } from '../../../workflows/contracts/transcript.ts';
import { sampleTranscript } from '../../activities/minutes/render/sample-minutes.ts';

const invented: Transcript = {
  ...sampleTranscript,
  segments: sampleTranscript.segments.map((segment) => ({ ...segment, mayBeInvented: true })),
};
const none: TranscriptDraft = { version: 1, segments: {} };
const first = (transcript: Transcript): Segment => {
  const [segment] = transcript.segments;
  if (segment === undefined) throw new Error('there is no segment');
  return segment;
};

test('a corrected segment has its new words, and is not said to be invented any more', () => {
  const draft = withSegment(none, first(invented), { text: ' Good evening. ', speaker: 'S2' });
  expect(correctedSegments(invented, draft)).toBe(1);
  const { segments } = transcriptWith(invented, draft);
  const { mayBeInvented: _, ...heard } = first(invented);
  expect(segments[0]).toEqual({ ...heard, text: 'Good evening.', speaker: 'S2' });
  expect(segments.slice(1)).toEqual(invented.segments.slice(1));
});

test('a segment without words is taken out', () => {
  const draft = withSegment(none, first(invented), { text: ' ', speaker: null });
  expect(transcriptWith(invented, draft).segments).toEqual(invented.segments.slice(1));
});

test('a correction that is taken back is none', () => {
  const segment = first(invented);
  const draft = withSegment(none, segment, { text: 'Other words.', speaker: null });
  expect(withSegment(draft, segment, { text: segment.text, speaker: segment.speaker })).toEqual(
    none,
  );
});

test('what was written for a segment that is gone is told, and not lost', () => {
  const draft = { version: 1, segments: { s9: { text: 'Long ago.', speaker: null } } };
  expect(homeless(invented, draft)).toEqual(['Long ago.']);
  expect(transcriptWith(invented, draft)).toEqual(invented);
});
