import fc from 'fast-check';
import { parseText } from 'media-captions';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  loadTranscriptFile,
  readTranscript,
} from '../../../adapters/transcripts/transcript-file.ts';
import type { Turn } from '../../../adapters/transcripts/turn.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function turnsOf(text: string, name = 'meeting.txt'): readonly Turn[] {
  const read = readTranscript(bytes(text), name);
  if (read.format === 'json') throw new Error('expected turns');
  return read.turns;
}

test('WebVTT with voices gives a turn for each voice, with its name', () => {
  const turns = turnsOf(
    [
      'WEBVTT - Team meeting',
      'Kind: captions',
      '',
      'NOTE Recorded on Monday',
      'and checked by nobody.',
      '',
      'STYLE',
      '::cue { color: lime }',
      '',
      'a/1-0',
      '00:01.500 --> 00:04.000 align:start',
      '<v Ann Lee>Profit &gt; 3 &amp; costs &lt; 5',
      'this <i>quarter</i>.</v> <v.loud Bob>Good.</v>',
      '',
      '00:00:05.000 --> 01:00:06.250',
      'No <00:00:05.500>voice here.',
    ].join('\r\n'),
  );
  expect(turns).toEqual([
    { start: 1.5, end: 4, speaker: 'Ann Lee', text: 'Profit > 3 & costs < 5 this quarter.' },
    { start: 1.5, end: 4, speaker: 'Bob', text: 'Good.' },
    { start: 5, end: 3606.25, speaker: null, text: 'No voice here.' },
  ]);
});

test('names before a colon are speakers in subtitles without voices', () => {
  const zoom = ['WEBVTT', '', '1', '00:00:01.000 --> 00:00:02.000', 'Ann Lee: Hello.', ''];
  const more = ['2', '00:00:02.000 --> 00:00:03.000', '王芳：你好。', ''];
  expect(turnsOf([...zoom, ...more].join('\n'))).toEqual([
    { start: 1, end: 2, speaker: 'Ann Lee', text: 'Hello.' },
    { start: 2, end: 3, speaker: '王芳', text: '你好。' },
  ]);
});

test('SubRip gives its words without numbers and tags, and keeps what looks like them', () => {
  const turns = turnsOf(
    [
      '1',
      '00:00:01,000 --> 00:00:02,500',
      '<i>Twelve</i> {\\an8}is less than',
      '42',
      '',
      '2',
      '00:00:02,500 --> 00:00:04,000',
      'a < b and b > c &amp; so on',
      '',
      'after an empty line',
      '',
      '3',
      '0:00:04.000 --> 0:00:05.000',
      '',
    ].join('\n'),
    'meeting.srt',
  );
  expect(turns).toEqual([
    { start: 1, end: 2.5, speaker: null, text: 'Twelve is less than 42' },
    { start: 2.5, end: 4, speaker: null, text: 'a < b and b > c &amp; so on after an empty line' },
  ]);
});

test('lines with names are turns, and lines without continue them', () => {
  expect(
    turnsOf(
      [
        'Ann: We start with the budget.',
        'Note that it is late.',
        '',
        'Dr. Bob van Dyk: It is 25:00 by my clock: too late.',
        '[0:12:30] Ann: See http://example.com/a:b',
        'Bob: Yes.',
      ].join('\n'),
    ),
  ).toEqual([
    {
      start: null,
      end: null,
      speaker: 'Ann',
      text: 'We start with the budget. Note that it is late.',
    },
    {
      start: null,
      end: null,
      speaker: 'Dr. Bob van Dyk',
      text: 'It is 25:00 by my clock: too late.',
    },
    { start: 750, end: null, speaker: 'Ann', text: 'See http://example.com/a:b' },
    { start: null, end: null, speaker: 'Bob', text: 'Yes.' },
  ]);
});

test('names with times on lines of their own begin turns', () => {
  expect(turnsOf('Ann Lee  0:03\nHello.\n\nBob  1:02:03\nGood morning.\nShall we?\n')).toEqual([
    { start: 3, end: null, speaker: 'Ann Lee', text: 'Hello.' },
    { start: 3723, end: null, speaker: 'Bob', text: 'Good morning. Shall we?' },
  ]);
});

test.each([
  'Ann: I think we should\nmeet on Friday at 10:30\nBob: Fine.',
  'Ann: Good.\nThe next meeting is at 10:30\nBudget is closed.\nBob: Yes.',
  'We meet on Friday at\n10:30 in the big room.\n2:00 pm is when it ends.',
  '我们开会\n时间是 14:30\n请准时。',
])('a time among the words stays a word: %j', (text) => {
  const said = turnsOf(text).map((turn) => `${turn.speaker ?? ''}${turn.text}`);
  const letters = (words: string) => words.replaceAll(/[^\p{L}\p{N}]/gu, '');
  expect(letters(said.join(''))).toBe(letters(text));
  expect(turnsOf(text).every(({ start }) => start === null)).toBe(true);
});

test('every line has its time where half of them do', () => {
  expect(turnsOf('0:12 Hello there.\n0:15 We begin\nwith the budget.\n1:02:03 Done.')).toEqual([
    { start: 12, end: null, speaker: null, text: 'Hello there.' },
    { start: 15, end: null, speaker: null, text: 'We begin with the budget.' },
    { start: 3723, end: null, speaker: null, text: 'Done.' },
  ]);
});

test('headings are nobody, and what stands behind them stays', () => {
  const text = [
    'Attendees: Ann, Bob',
    'Ann: We begin.',
    'Action item: Bob sends the budget by Friday.',
    'Bob: Yes.',
  ];
  expect(turnsOf(text.join('\n')).map((turn) => [turn.speaker, turn.text])).toEqual([
    [null, 'Attendees: Ann, Bob'],
    ['Ann', 'We begin. Action item: Bob sends the budget by Friday.'],
    ['Bob', 'Yes.'],
  ]);
});

test('subtitles that end in a colon are words, unless they name who speaks next', () => {
  const srt = (...texts: readonly string[]) =>
    texts
      .map((text, index) => `${index + 1}\n00:00:0${index},000 --> 00:00:0${index},900\n${text}\n`)
      .join('\n');
  const plan = 'The plan is this:';
  expect(turnsOf(srt(plan, 'We go.', 'Ann: Yes.', 'Ann:', 'Good.', plan, plan))).toMatchObject([
    { speaker: null, text: plan },
    { speaker: null, text: 'We go.' },
    { speaker: 'Ann', text: 'Yes.' },
    { speaker: 'Ann', text: 'Good.' },
    { speaker: null, text: plan },
    { speaker: null, text: plan },
  ]);
});

test('an arrow among the words is a word', () => {
  expect(turnsOf('Ann: It goes from 3 --> 5 minutes.\nBob: Yes.')).toMatchObject([
    { speaker: 'Ann', text: 'It goes from 3 --> 5 minutes.' },
    { speaker: 'Bob', text: 'Yes.' },
  ]);
  expect(turnsOf('1\n00:00:01,000 --> 00:00:02,000\nfrom A --> B now\n')).toMatchObject([
    { start: 1, text: 'from A --> B now' },
  ]);
});

test('no word of a text is lost or doubled, whatever stands in its lines', () => {
  const words = fc.array(fc.constantFrom('we', 'meet', '10:30', '[0:05]', '时间', 'at'), {
    maxLength: 5,
  });
  const line = fc
    .tuple(fc.constantFrom('', '', 'Ann:', 'Bob:', '[0:07] Ann:'), words)
    .map(([name, said]) => [name, ...said].filter(Boolean).join(' '));
  const letters = (words: string) => words.replaceAll(/[^\p{L}]/gu, '');
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const text = lines.join('\n');
      fc.pre(/[a-z\u4e00-\u9fff]/u.test(text.replaceAll(/Ann:|Bob:/g, '')));
      // Names go where they are speakers, and stay where they are words.
      const unnamed = (words: string) => letters(words.replaceAll(/(?:Ann|Bob):/g, ''));
      expect(
        unnamed(
          turnsOf(text)
            .map((turn) => turn.text)
            .join('\n'),
        ),
      ).toBe(unnamed(text));
    }),
  );
});

test('a text without names is a turn for each paragraph, and a single label is no speaker', () => {
  expect(turnsOf('We met today.\nIt rained.\n\nDecision: we go on.\n\nNothing else.')).toEqual([
    { start: null, end: null, speaker: null, text: 'We met today. It rained.' },
    { start: null, end: null, speaker: null, text: 'Decision: we go on.' },
    { start: null, end: null, speaker: null, text: 'Nothing else.' },
  ]);
});

test.each([
  ['Ann Lee: We meet on Friday. Bob brings the offer.', 'Ann Lee'],
  ['WEBVTT\n\n00:01.000 --> 00:09.000\nŁukasz B.: We meet on Friday.', 'Łukasz B.'],
  ['1\n00:00:01,000 --> 00:00:09,000\n王芳：周五开会。', '王芳'],
  ['Sorry: we meet on Friday.', null],
  ['What we said: we meet on Friday.', null],
  ['Ann Lee: We meet on Friday.\n\nThen it rained.', null],
])('the name before the only words of a file is who says them: %j', (text, speaker) => {
  expect(turnsOf(text)[0]?.speaker).toBe(speaker);
});

test('transcript.json of Hansard is read as it is', () => {
  const segment = { id: 's1', start: 0, end: 2, speaker: null, language: 'en', text: 'Hello.' };
  const transcript = { schemaVersion: 1, language: 'en', durationSeconds: 2, segments: [segment] };
  expect(readTranscript(bytes(JSON.stringify(transcript)), 'transcript.json')).toEqual({
    format: 'json',
    transcript,
  });
});

test('UTF-16 with a byte order mark is read', () => {
  const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Ann: 你好。', 'utf16le')]);
  expect(readTranscript(text, 'a.txt')).toEqual({
    format: 'text',
    turns: [{ start: null, end: null, speaker: null, text: 'Ann: 你好。' }],
  });
});

test.each([
  ['', 'a.txt contains no words.'],
  ['WEBVTT\n', 'a.txt contains no words.'],
  [
    'RIFF\0\0\0WAVE',
    'a.txt is not text in UTF-8 or UTF-16. Save it as UTF-8, or submit the recording.',
  ],
  ['{"text":', 'a.txt begins like JSON and is none. Export it again.'],
  [
    '{"text":"secret"}',
    'a.txt is no transcript.json of Hansard: schemaVersion is not as expected.',
  ],
  [
    'WEBVTT\n\n00:01 -> 00:02\n\n00:99.000 --> 00:02.000\nsecret',
    'a.txt has times in line 5 that are none, such as 00:01:02.500 --> 00:01:04.000. Correct it.',
  ],
])('%j is refused with what is wrong', (text, message) => {
  expect(() => readTranscript(bytes(text), '/home/a.txt')).toThrow(
    expect.objectContaining({ name: 'UnusableTranscriptError', message }),
  );
});

test('text in another encoding is refused', () => {
  const latin = Buffer.from('Müller: Guten Tag', 'latin1');
  expect(() => readTranscript(latin, 'a.txt')).toThrow('is not text in UTF-8 or UTF-16');
});

test('a file that is missing, a folder or too large is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-transcript-'));
  try {
    await expect(loadTranscriptFile(join(folder, 'no.vtt'))).rejects.toThrow('does not exist');
    await expect(loadTranscriptFile(folder)).rejects.toThrow('is not a file');
    await writeFile(join(folder, 'large.txt'), Buffer.alloc(20_000_001, 'a'));
    await expect(loadTranscriptFile(join(folder, 'large.txt'))).rejects.toThrow(
      'larger than 20 MB',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Words as a writer of subtitles may put them: no empty lines, no arrow. */
const words = fc
  .array(fc.constantFrom('yes', '5 < 6', 'R&D', '好的', '12', 'naïve', '-', "it's"), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(' '));
const clock = (ms: number, mark: string) =>
  new Date(ms).toISOString().slice(11, 23).replace('.', mark);

test('every WebVTT file gives the cues that another parser reads', async () => {
  const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(words, fc.boolean()), { minLength: 1 }), async (cues) => {
      const blocks = cues.map(([text, hasId], index) => {
        const id = hasId ? `id ${index}\n` : '';
        const times = `${clock(index * 1500, '.')} --> ${clock(index * 1500 + 1400, '.')}`;
        return `${id}${times}\n${escape(text).replace(' ', '\n')}`;
      });
      const file = ['WEBVTT', ...blocks].join('\n\n');
      const other = await parseText(file, { type: 'vtt', strict: false, errors: false });
      expect(turnsOf(file).map(({ start, end, text }) => ({ start, end, text }))).toEqual(
        other.cues.map(({ startTime, endTime, text }) => ({
          start: startTime,
          end: endTime,
          text: text.replaceAll('&lt;', '<').replaceAll('&amp;', '&').replaceAll(/\s+/g, ' '),
        })),
      );
    }),
  );
});
