import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../../activities/minutes/render/markdown.ts';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import { speakerNames } from '../../../../activities/minutes/render/speaker-names.ts';
import { renderSrt, renderVtt } from '../../../../activities/minutes/render/subtitles.ts';
import type { Minutes } from '../../../../workflows/contracts/minutes.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

const SPEAKERS: Minutes['speakers'] = [
  { id: 'S1', name: null, seconds: 62.4 },
  { id: 'S2', name: 'Ann <b>\n', seconds: 3.2 },
];
const spoken = {
  ...sampleTranscript,
  segments: sampleTranscript.segments.map((segment, index) => ({
    ...segment,
    speaker: ['S1', 'S2', null][index] ?? null,
  })),
};
const [action] = sampleMinutes.actionItems;
const minutes: Minutes = {
  ...sampleMinutes,
  speakers: SPEAKERS,
  actionItems: action ? [{ ...action, owner: 'S1' }] : [],
};

test.each([
  ['en', 'Speaker 1'],
  ['zh', '说话人 1'],
  ['de', 'Sprecher 1'],
  ['fr', 'Intervenant 1'],
  ['es', 'Hablante 1'],
  ['ja', 'Speaker 1'],
])('a speaker without a name has a number in the language of the minutes: %s', (language, name) => {
  const nameOf = speakerNames({ speakers: SPEAKERS, language });
  expect([nameOf('S1'), nameOf('S2'), nameOf('S3')]).toEqual([name, 'Ann <b>', 'S3']);
});

test('the document tells who spoke for how long, who said what, and who does what', () => {
  const markdown = renderMarkdown(minutesDocument(minutes, spoken, { picture: false }), null);
  expect(markdown).toContain('Speakers: Speaker 1 (1 min 02 s), Ann \\<b\\> (3 s)');
  expect(markdown).toContain('**00:00** Speaker 1: Good morning');
  expect(markdown).toContain('**00:03** Ann \\<b\\>: We decided');
  expect(markdown).toContain('**01:01** Who tests');
  expect(markdown).toContain('| Write the release notes `a1` | Speaker 1 |');
});

test('subtitles have the names, and no markup in them', () => {
  const nameOf = speakerNames(minutes);
  const vtt = renderVtt(spoken, nameOf);
  expect(vtt).toContain('<v Speaker 1>Good morning');
  expect(vtt).toContain('<v Ann &lt;b&gt;>We decided');
  expect(vtt).toContain('\nWho tests');
  expect(renderSrt(spoken, nameOf)).toContain('Ann ‹b›: We decided');
});
