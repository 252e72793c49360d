import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdit } from '../../../activities/revision/apply-edit.ts';
import { partsOf } from '../../../activities/summary/rest-of-transcript.ts';
import { sectionMessages } from '../../../activities/summary/prompts.ts';
import { cutTranscript, type Section } from '../../../activities/summary/sections.ts';
import {
  answerTokens,
  promptTokens,
  type Count,
} from '../../../activities/summary/token-budget.ts';
import { parseLines } from '../../../activities/transcript/transcript-line.ts';
import type { Segment, Transcript } from '../../../workflows/contracts/transcript.ts';
import { generateTranscript } from '../../support/meetings/generate-transcript.ts';
import { sampleMinutes } from '../minutes/render/sample-minutes.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

/** Of a corrected transcript only what a person changed is cut anew: the other sections are the same work. */

const count: Count = (text) => Math.ceil(text.length / 2.2);
const within = { contextTokens: 8192, count };
type Edited = Omit<Segment, 'id'> & { readonly id?: string };

const corrected = (transcript: Transcript, segments: readonly Edited[]): Transcript =>
  applyEdit(
    { transcript, minutes: sampleMinutes },
    { file: 'transcript', language: transcript.language, segments: [...segments] },
  ).transcript;

const MEETING = generateTranscript({ language: 'en', length: 100_000, turn: 80 }, 3);
const CUT = cutTranscript(MEETING, within);

/** The middle of a section, with what a person makes of the segment there and the next. */
const withEdit = (section: number, edit: (one: Segment, next: Segment) => readonly Edited[]) => {
  const ids = CUT[section]?.segmentIds ?? [];
  const at = MEETING.segments.findIndex(({ id }) => id === ids[Math.floor(ids.length / 2)]);
  const [one, next] = MEETING.segments.slice(at);
  if (!one || !next) throw new Error('the section has two segments');
  return MEETING.segments.toSpliced(at, 2, ...edit(one, next).map((made) => made as Segment));
};
const isNew = ({ id: _id, ...segment }: Segment, text: string): Edited => ({ ...segment, text });
const halves = (text: string): [string, string] => {
  const at = text.lastIndexOf(' ', text.length / 2);
  return [text.slice(0, at), text.slice(at + 1)];
};

const EDITS: readonly (readonly [string, Parameters<typeof withEdit>[1]])[] = [
  ['a word is changed', (one, next) => [{ ...one, text: one.text.replace(/\w+/, 'Lisbon') }, next]],
  ['a word is added', (one, next) => [{ ...one, text: `Lisbon ${one.text}` }, next]],
  [
    'thirty words are added',
    (one, next) => [{ ...one, text: `${'and so on '.repeat(10)}${one.text}` }, next],
  ],
  [
    'a segment is split',
    (one, next) => {
      const [first, second] = halves(one.text);
      return [{ ...one, text: first }, isNew(one, second), next];
    },
  ],
  ['two segments are joined', (one, next) => [{ ...one, text: `${one.text} ${next.text}` }]],
  ['a segment is put in', (one, next) => [one, isNew(one, 'I was in Lisbon, too.'), next]],
  ['a segment is removed', (_, next) => [next]],
];

test.each(EDITS)('where %s, the other sections stay', (_, edit) => {
  expect(CUT.length).toBeGreaterThan(8);
  for (const section of [0, 4, CUT.length - 2]) {
    const after = corrected(MEETING, withEdit(section, edit));
    const again = cutTranscript(after, within, [{ sections: CUT, isWhole: true }]);
    const paid = new Set(CUT.map(({ text }) => text));
    expect(again.filter(({ text }) => paid.has(text))).toHaveLength(CUT.length - 1);
    // What is longer now may need a second one.
    expect(again.length).toBeLessThanOrEqual(CUT.length + 1);
  }
});

const sentence = 'We talked about the budget for some time and came to no end of it. ';
const long = transcriptOf(Array.from({ length: 40 }, () => sentence.repeat(24).trim()));

describe('a segment at the border of two sections', () => {
  const cut = cutTranscript(long, within);
  const border = cut[2]?.segmentIds[0] ?? '';
  const at = long.segments.findIndex(({ id }) => id === border);
  const again = (change: (text: string) => string, index: number) => {
    const segments = long.segments.with(index, {
      ...(long.segments[index] ?? { id: '', start: 0, end: 0, speaker: null, language: null }),
      text: change(long.segments[index]?.text ?? ''),
    });
    return cutTranscript({ ...long, segments }, within, [{ sections: cut, isWhole: true }]);
  };

  test('is read whole where a person put words before it or behind it', () => {
    const before = again((text) => `It is not true that ${text}`, at);
    const read = before.filter(({ text }) => text.includes('It is not true that'));
    expect(read.map(({ text }) => text.includes(`It is not true that ${sentence}`))).toEqual([
      true,
    ]);
    expect(before.filter(({ segmentIds }) => segmentIds.includes(border))).toHaveLength(1);
    const behind = again((text) => `${text} But that is not true.`, at - 1);
    expect(behind.filter(({ segmentIds }) => segmentIds.includes(`s${at}`))).toHaveLength(1);
    const last = again((text) => `${text} But that is not true.`, long.segments.length - 1);
    expect(last.filter(({ segmentIds }) => segmentIds.includes('s40'))).toHaveLength(1);
  });
});

test('of a segment longer than several sections, those without the change stay', () => {
  const speech = transcriptOf([
    'Good morning.',
    Array.from({ length: 1500 }, (_, at) => `This is sentence ${at} of it.`).join(' '),
  ]);
  const cut = cutTranscript(speech, within);
  expect(cut.length).toBeGreaterThan(4);
  const [one, two] = speech.segments;
  const changed = two?.text.replace('sentence 600 of', 'sentence six hundred and one of') ?? '';
  expect(changed).toContain('six hundred and one');
  const segments = [one, { ...two, text: changed }].map((made) => made as Segment);
  const again = cutTranscript({ ...speech, segments }, within, [{ sections: cut, isWhole: true }]);
  const paid = new Set(cut.map(({ text }) => text));
  expect(again.filter(({ text }) => paid.has(text))).toHaveLength(cut.length - 1);
});

test('any edit: every character is in one section in its order, sections fit, and none is kept that was not cut', () => {
  const texts = fc.array(
    fc
      .tuple(
        fc.constantFrom('Yes. ', sentence, '我们决定下周五之前完成。'),
        fc.integer({ min: 1, max: 300 }),
      )
      .map(([text, times]) => text.repeat(times).trim()),
    { minLength: 1, maxLength: 20 },
  );
  const textsOf = (sections: readonly Section[]) => {
    const read: [string, string][] = [];
    for (const { id, text } of sections.flatMap((section) => parseLines(section.text))) {
      const last = read.at(-1);
      if (last?.[0] === id) last[1] += text;
      else read.push([id, text]);
    }
    return read;
  };
  const small = { contextTokens: 4096, count };
  fc.assert(
    fc.property(
      texts,
      fc.nat(),
      fc.nat(3),
      fc.array(fc.constantFrom('No.', sentence.repeat(9).trim()), { maxLength: 3 }),
      fc.boolean(),
      (said, place, gone, put, isWhole) => {
        const before = transcriptOf(said);
        const cut = cutTranscript(before, small);
        const at = place % said.length;
        const made = put.map((text) => isNew(before.segments[at] as Segment, text) as Segment);
        const left = before.segments.toSpliced(at, gone, ...made);
        if (left.length === 0) return;
        const after = corrected(before, left);
        const earlier = { sections: isWhole ? cut : cut.slice(0, -1), isWhole };
        const again = cutTranscript(after, small, [earlier]);
        expect(textsOf(again)).toEqual(after.segments.map(({ id, text }) => [id, text]));
        for (const { text } of again) {
          const messages = sectionMessages({ text, language: null });
          expect(promptTokens(messages, count) + answerTokens(4096)).toBeLessThanOrEqual(4096);
        }
        const kept = partsOf(after.segments, after.language, earlier).flatMap((part) =>
          'kept' in part ? [part.kept] : [],
        );
        expect(cut).toEqual(expect.arrayContaining(kept));
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);
