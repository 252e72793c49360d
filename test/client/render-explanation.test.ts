import { expect, test } from 'vitest';
import { explanationLines } from '../../client/cli/render-explanation.ts';
import type {
  ExplainedCall,
  ExplainedItem,
  ExplainedTry,
  Explanation,
} from '../../client/jobs/explain/explanation.ts';

const JOB = 'abcdefghijklmnopqrstuvwxyz';
const key = (letter: string): string => letter.repeat(64);
const usage = {
  inputTokens: null,
  outputTokens: null,
  audioSeconds: null,
  images: null,
  computeSeconds: null,
};
const aTry = (change: Partial<ExplainedTry>): ExplainedTry => ({
  jobId: JOB,
  callKey: key('a'),
  ordinal: 1,
  target: 'whisper',
  state: 'accepted',
  verdict: null,
  at: '2026-03-02T10:00:04.000Z',
  usage,
  costUsd: null,
  ...change,
});
const answer: NonNullable<ExplainedCall['answer']> = {
  target: 'whisper',
  contract: 'hf-task',
  model: 'openai/whisper-large-v3',
  label: null,
  servedModel: null,
  provider: 'hf-inference',
  revision: null,
  at: '2026-03-02T10:00:03.000Z',
  promptVersion: null,
  template: null,
  isEarlier: false,
};
const heardBy: ExplainedCall = {
  callKey: key('a'),
  role: 'transcribe',
  question: 'first',
  answer,
  tries: [
    aTry({ callKey: key('9'), target: 'whisper-first', state: 'failed', verdict: 'billing' }),
    aTry({ usage: { ...usage, audioSeconds: 28 }, costUsd: 0.0004 }),
  ],
  insteadOf: [{ target: 'whisper-first', reason: 'OutOfCredit' }],
};
const writtenBy: ExplainedCall = {
  callKey: key('b'),
  role: 'summarize',
  question: 'repair',
  answer: {
    ...answer,
    target: 'mixtral',
    model: 'a/mixtral',
    promptVersion: 1,
    template: 'standard/1',
  },
  tries: [
    aTry({ callKey: key('8'), target: 'mixtral', state: 'rejected', verdict: 'provider_bug' }),
    aTry({
      callKey: key('b'),
      jobId: 'another',
      target: 'mixtral',
      usage: { ...usage, inputTokens: 900, outputTokens: 80 },
    }),
  ],
  insteadOf: [],
};
const item: ExplainedItem = {
  id: 'a1',
  kind: 'actionItem',
  section: null,
  text: 'Send the budget',
  owner: 'Ann',
  due: '2026-03-06',
  dueText: 'by Friday',
  verified: true,
  isUnsupported: true,
  lacks: ['25000'],
  notFound: [{ quote: 'send the report', segmentIds: ['s9'] }],
  citations: [
    {
      quote: 'I will send the budget',
      start: 61,
      end: 64,
      speaker: { id: 'S1', name: 'Ann' },
      segments: [
        {
          id: 's4',
          start: 61,
          end: 64,
          text: 'I will send the budget by Friday.',
          mayBeInvented: false,
          file: { name: 'part2.m4a', start: 11 },
          heard: {
            chunk: 2,
            of: 7,
            start: 56,
            end: 84,
            offset: 5,
            track: { number: 2, of: 2, heard: [{ part: 1, stream: 1, channels: [2] }] },
            callKey: key('a'),
          },
        },
      ],
    },
  ],
  written: {
    by: 'model',
    edit: null,
    rule: null,
    callKey: key('b'),
    from: [key('c')],
    sections: [2],
    ofSections: 3,
    insteadOf: [],
  },
};
const explanation: Explanation = {
  schemaVersion: 1,
  id: JOB,
  tenant: 'default',
  version: 2,
  status: 'partial',
  approval: null,
  template: { id: 'standard', version: 1 },
  source: { kind: 'recording', name: 'part1.m4a (+1)' },
  speakers: { by: 'tracks', callKey: null },
  isTraced: true,
  gaps: [{ start: 84, end: 112, reason: 'BadRequest' }],
  items: [item],
  calls: [heardBy, writtenBy],
};

test('an item tells its whole way in words, then its calls with what the ledger has', () => {
  expect(explanationLines(explanation)).toEqual([
    `Minutes of job ${JOB}: version 2, partial, template standard 1`,
    'From the recording part1.m4a (+1)',
    'Missing: 01:24–01:52 of it (BadRequest)',
    '',
    'a1  Action item (its words are in the transcript, but DO NOT BEAR IT OUT)',
    '  Send the budget',
    '  owner Ann, due 2026-03-06 ("by Friday")',
    '    quote       "I will send the budget"',
    '    said        at 01:01–01:04 by Ann (S1), who has a track of the recording',
    '    segment     s4: "I will send the budget by Friday."',
    '    heard by    whisper (call aaaaaaaa) in chunk 3 of 7 (00:56–01:24), 5 s into it; track 2 of 2: stream 1, channel 2',
    '    file        part2.m4a, at 00:11',
    '    not said    25000: in none of the words cited',
    '    not found   "send the report" is not in the transcript (it was given for s9); it was looked for in all of it',
    '    written by  mixtral (call bbbbbbbb), which joined the answers about 3 sections',
    '    from        section 2 of 3, read by an answer that is no longer stored (call cccccccc)',
    '',
    'Calls',
    '  aaaaaaaa  transcribe a chunk',
    '            answered  by whisper: model openai/whisper-large-v3, provider hf-inference, contract hf-task, on 2026-03-02 10:00:03 UTC',
    '            fallback  whisper-first comes first, and failed (OutOfCredit)',
    '            before    whisper-first, call 99999999, try 1 failed, and was not billed (billing)',
    '            ledger    accepted at try 1, 28 s of audio, $0.0004',
    `            call key  ${key('a')}`,
    '  bbbbbbbb  summarise: the repair of an answer that was of no use',
    '            answered  by mixtral: model a/mixtral, provider hf-inference, contract hf-task, on 2026-03-02 10:00:03 UTC',
    '            asked     prompt version 1, template standard/1',
    '            before    mixtral, call 88888888, try 1 was billed, and its answer refused (provider_bug)',
    '            ledger    accepted at try 1, 900 tokens in, 80 tokens out, cost unknown; paid by job another',
    `            call key  ${key('b')}`,
  ]);
});

const linesOf = (change: Partial<ExplainedItem>, about: Partial<Explanation> = {}): string =>
  explanationLines({ ...explanation, ...about, items: [{ ...item, ...change }] }).join('\n');

test('rules say which one, and which target they stand in for', () => {
  const written = {
    ...item.written,
    by: 'rules' as const,
    rule: 'a question that the next sentence does not answer',
    callKey: null,
    insteadOf: [{ target: 'mixtral', reason: 'OutOfCredit' }],
  };
  expect(linesOf({ written })).toContain(
    [
      '    picked by   rules without a call, from all of the transcript',
      '    rule        a question that the next sentence does not answer',
      '    because     mixtral did not answer (OutOfCredit)',
    ].join('\n'),
  );
});

test('what a person wrote names them, and no call', () => {
  const written = {
    ...item.written,
    by: 'person' as const,
    edit: { version: 3, by: 'Ann Lee', at: '2026-03-03T09:00:00.000Z' },
    callKey: null,
    from: [],
    sections: [],
    ofSections: 0,
  };
  for (const isTraced of [true, false]) {
    expect(linesOf({ written }, { isTraced })).toContain(
      '    written by  Ann Lee, a person, on 2026-03-03 09:00:00 UTC, with version 3\n',
    );
  }
});

test('a task without an owner or a certain day says so', () => {
  expect(linesOf({ owner: null, due: null })).toContain(
    '\n  no owner, due "by Friday", which is no certain day\n',
  );
  expect(linesOf({ due: null, dueText: null })).toContain('\n  owner Ann, no due date\n');
});

test('each sentence of a summary has its sources, or none', () => {
  const citation = {
    quote: 'We ship on Friday.',
    start: 4,
    end: 8,
    speaker: null,
    segments: [
      {
        id: 's2',
        start: 4,
        end: 8,
        text: 'We ship on Friday.',
        mayBeInvented: false,
        file: null,
        heard: null,
      },
    ],
  };
  const sentences = [
    { number: 1, text: 'We ship on Friday.', statements: ['d1'], citations: [citation] },
    { number: 2, text: 'It is Friday\u001b[2J.', statements: [], citations: [citation] },
    { number: 3, text: 'All is well.', statements: [], citations: [] },
  ];
  const text = linesOf({
    kind: 'summary',
    text: 'not shown twice',
    verified: null,
    citations: [],
    notFound: [],
    sentences,
  });
  expect(text).not.toContain('not shown twice');
  const lines = text.split('\n');
  const at = lines.indexOf('  1  We ship on Friday.');
  expect(lines.slice(at, at + 10)).toEqual([
    '  1  We ship on Friday.',
    '    words of    d1',
    '    quote       "We ship on Friday."',
    '    said        at 00:04–00:08',
    '    segment     s2: the quote is all of it',
    expect.stringMatching(/^ {2}2 {2}It is Friday[^\p{Cc}]*\.$/u),
    '    words of    the transcript, and of no statement',
    '    quote       "We ship on Friday."',
    '    said        at 00:04–00:08',
    '    segment     s2: the quote is all of it',
  ]);
  const last = lines.indexOf('  3  All is well.');
  expect(lines[last + 1]).toBe(
    '    not found   no source: neither statements nor the transcript have enough of its words',
  );
});

test('a claim that cites nothing, a summary, and minutes without a trace say so', () => {
  expect(linesOf({ citations: [], notFound: [], lacks: [], verified: false })).toMatch(
    /NOT VERIFIED[^]*not found   its writer cited nothing/,
  );
  expect(linesOf({ kind: 'summary', verified: null, citations: [], notFound: [] })).toContain(
    'Summary (cites nothing itself)',
  );
  expect(linesOf({}, { isTraced: false })).toMatch(
    /of an earlier version of Hansard, or their segments were changed by a person/,
  );
  expect(explanationLines({ ...explanation, items: [] }).join('\n')).toContain(
    'They have no summary and no statements.',
  );
});

test('what a model wrote steers no terminal', () => {
  const evil = 'a\u001B[31m\u0007\u202Eb\u009B2J';
  const citation = { quote: evil, start: null, end: null, speaker: null, segments: [] };
  const lines = linesOf(
    {
      text: evil,
      owner: evil,
      dueText: evil,
      section: evil,
      lacks: [evil],
      citations: [citation],
      notFound: [{ quote: evil, segmentIds: [evil] }],
      written: {
        ...item.written,
        by: 'person',
        edit: { version: 3, by: evil, at: '2026-03-03T09:00:00.000Z' },
      },
    },
    { source: { kind: 'recording', name: evil } },
  );
  // eslint-disable-next-line no-control-regex
  expect(lines).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
  expect(lines).toContain('"a [31m b 2J"');
});
