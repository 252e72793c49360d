import { expect, test } from 'vitest';
import { partsOf } from '../../../activities/summary/rest-of-transcript.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

const sectionOf = (...lines: readonly string[]) => ({ text: lines.join('\n') });

test('a section stays that has two lines of a segment in whose midst it begins', () => {
  const { segments } = transcriptOf(['abcdefghij', 'More.']);
  const sections = [
    sectionOf('[s1 00:00:00] abc'),
    sectionOf('[s1 00:00:00] def', '[s1 00:00:00] gh'),
    sectionOf('[s1 00:00:00] i', '[s1 00:00:00] j', '[s2 00:00:02] More.'),
  ];
  expect(partsOf(segments, null, { sections, isWhole: true })).toEqual(
    sections.map((kept) => ({ kept })),
  );
});
