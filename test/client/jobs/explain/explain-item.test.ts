import { expect, test } from 'vitest';
import { callKeysOf, createExplainItem } from '../../../../client/jobs/explain/explain-item.ts';
import type { Version } from '../../../../client/jobs/explain/read-version.ts';
import { itemsOf } from '../../../../workflows/contracts/minutes-items.ts';
import type { Minutes } from '../../../../workflows/contracts/minutes.ts';
import type { Provenance } from '../../../../workflows/contracts/provenance.ts';
import {
  sampleMinutes,
  sampleTranscript,
} from '../../../activities/minutes/render/sample-minutes.ts';

const key = (letter: string): string => letter.repeat(64);
const chunk = (index: number, start: number, callKey: string, track = 1) => ({
  index,
  track,
  start,
  end: start + 28,
  callKey,
  again: [],
});
const MODEL: Provenance = {
  schemaVersion: 1,
  recording: { planned: 3, chunks: [chunk(0, 0, key('a')), chunk(2, 56, key('b'))] },
  summary: {
    mode: 'model',
    promptVersion: 1,
    sections: [{ first: 's1', last: 's3', callKey: key('c') }],
    joins: [],
  },
};
const { segments } = sampleTranscript;
const heardIn = (...chunks: number[]): Version['transcript'] => ({
  ...sampleTranscript,
  segments: segments.map((segment, order) => ({ ...segment, chunk: chunks[order] ?? 0 })),
});
const byMixtral: Minutes = {
  ...sampleMinutes,
  engines: {
    ...sampleMinutes.engines,
    summarize: [{ target: 'mixtral', model: 'm', provider: null, items: 1, label: null }],
  },
};

function explain(change: Partial<Version> = {}) {
  const version = {
    minutes: byMixtral,
    transcript: heardIn(0, 0, 2),
    provenance: MODEL,
    edits: [],
    ...change,
  };
  const { item, summary } = createExplainItem(version);
  const items = itemsOf(version.minutes).map(item);
  return {
    items,
    summary: summary(version.minutes.summary),
    of: (id: string) => items.find((one) => one.id === id),
  };
}

test('every statement has an id by its place, and the way from its words to who wrote it', () => {
  const { items, of, summary } = explain();
  expect(items.map(({ id }) => id)).toEqual(['k1', 'd1', 'a1', 'a2', 'q1']);
  expect(of('d1')).toEqual({
    id: 'd1',
    kind: 'decision',
    section: null,
    text: 'Ship on the first of March.',
    owner: null,
    due: null,
    dueText: null,
    verified: true,
    isUnsupported: false,
    lacks: [],
    notFound: [],
    citations: [
      {
        quote: 'ship on the first of March',
        start: 3.1,
        end: 5.1,
        speaker: null,
        segments: [
          {
            id: 's2',
            start: 3.1,
            end: 9.8,
            text: 'We decided to ship on the first of March, and Anna will write the notes.',
            mayBeInvented: false,
            file: { name: 'planning-meeting.flac', start: 3.1 },
            heard: {
              chunk: 0,
              of: 3,
              start: 0,
              end: 28,
              offset: 3.1,
              track: null,
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
      callKey: key('c'),
      from: [],
      sections: [1],
      ofSections: 1,
      insteadOf: [],
    },
  });
  expect(of('a1')).toMatchObject({ kind: 'actionItem', owner: 'Anna', due: '2026-12-01' });
  expect(summary).toMatchObject({ id: 'summary', verified: null, written: { callKey: key('c') } });
});

test('each sentence of a summary has the way of the statement or the segment that has its words', () => {
  const text =
    'They ship on the first of March. Who tests the installer? Aliens landed in Toronto.';
  const { summary, of } = explain({ minutes: { ...byMixtral, summary: text, openQuestions: [] } });
  expect(summary).toMatchObject({ citations: [], text });
  expect(summary.sentences).toMatchObject([
    {
      number: 1,
      text: 'They ship on the first of March.',
      statements: ['d1'],
      citations: of('d1')?.citations,
    },
    {
      number: 2,
      text: 'Who tests the installer?',
      statements: [],
      citations: [
        {
          quote: 'Who tests the installer?',
          start: 61,
          end: 64.25,
          segments: [{ id: 's3', heard: { chunk: 2, callKey: key('b') } }],
        },
      ],
    },
    { number: 3, text: 'Aliens landed in Toronto.', statements: [], citations: [] },
  ]);
  expect(callKeysOf(summary)).toEqual([key('a'), key('b'), key('c')]);
});

test('of a claim that is not verified it says what was looked for', () => {
  const notFound = [{ quote: 'ship it in May', segmentIds: ['s9'] }];
  const minutes = {
    ...byMixtral,
    decisions: [{ text: 'Ship in May.', citations: [], verified: false, notFound }],
    keyPoints: [
      { ...byMixtral.keyPoints[0], text: 'It costs 25,000.', unsupported: true, lacks: ['25000'] },
    ] as Minutes['keyPoints'],
  };
  const { of } = explain({ minutes });
  expect(of('d1')).toMatchObject({ verified: false, notFound, citations: [] });
  expect(of('k1')).toMatchObject({ verified: true, isUnsupported: true, lacks: ['25000'] });
});

test('words of a second answer name its call, and words that may be invented say so', () => {
  const again = [{ start: 57, end: 60, callKey: key('e') }];
  const provenance: Provenance = {
    ...MODEL,
    recording: { planned: 3, chunks: [{ ...chunk(0, 0, key('a')), again }] },
  };
  const transcript = {
    ...sampleTranscript,
    segments: segments.map((segment) => ({
      ...segment,
      chunk: 0,
      again: 0,
      mayBeInvented: true as const,
    })),
  };
  const cited = explain({ provenance, transcript }).of('d1')?.citations[0]?.segments[0];
  expect(cited).toMatchObject({ mayBeInvented: true, heard: { callKey: key('e'), offset: 3.1 } });
});

test('of joined files it names the one that plays, and of tracks the one that was heard', () => {
  const file = { sha256: key('f'), bytes: 1 };
  const minutes: Minutes = {
    ...byMixtral,
    source: {
      ...byMixtral.source,
      name: 'part1.flac (+1)',
      files: [
        { ...file, name: 'part1.flac', start: 0 },
        { ...file, name: 'part2.flac', start: 2.6 },
      ],
    },
    sound: {
      tracks: [[{ part: 1, stream: 1, channels: [1] }], [{ part: 1, stream: 1, channels: [2] }]],
      leftOut: [],
      cut: false,
      inSilence: [],
    },
  };
  const provenance: Provenance = {
    ...MODEL,
    recording: { planned: 2, chunks: [chunk(0, 0, key('a')), chunk(1, 0, key('b'), 2)] },
  };
  const { of } = explain({ minutes, provenance, transcript: heardIn(0, 1, 0) });
  const [k1, d1] = ['k1', 'd1'].map((id) => of(id)?.citations[0]?.segments[0]);
  expect(k1).toMatchObject({
    file: { name: 'part1.flac', start: 0.2 },
    heard: { track: { number: 1, of: 2, heard: [{ channels: [1] }] }, callKey: key('a') },
  });
  expect(d1).toMatchObject({
    file: { name: 'part2.flac', start: 0.5 },
    heard: { track: { number: 2, of: 2, heard: [{ channels: [2] }] }, callKey: key('b') },
  });
});

test('of a long meeting it names the sections that hold the words, and the calls that joined them', () => {
  const provenance: Provenance = {
    ...MODEL,
    summary: {
      ...MODEL.summary,
      sections: [
        { first: 's1', last: 's1', callKey: key('1') },
        { first: 's2', last: 's2', callKey: key('2') },
        { first: 's3', last: 's3', callKey: null },
      ],
      joins: [{ callKey: key('9'), of: [key('1'), key('2')] }],
    },
  };
  const { of, summary } = explain({ provenance });
  expect(of('d1')?.written).toMatchObject({
    callKey: key('9'),
    from: [key('2')],
    sections: [2],
    ofSections: 3,
  });
  expect(summary.written).toMatchObject({ from: [key('1'), key('2')], sections: [1, 2] });
  expect(of('d1') && callKeysOf(of('d1')!)).toEqual([key('a'), key('2'), key('9')]);
});

test('where answers were joined level by level, the joins that lead to the words are named', () => {
  const provenance: Provenance = {
    ...MODEL,
    summary: {
      ...MODEL.summary,
      sections: ['1', '2', '3'].map((letter, order) => ({
        first: `s${order + 1}`,
        last: `s${order + 1}`,
        callKey: key(letter),
      })),
      joins: [
        { callKey: key('7'), of: [key('1'), key('2')] },
        { callKey: key('9'), of: [key('7'), key('3')] },
      ],
    },
  };
  const { of } = explain({ provenance });
  expect(of('d1')?.written).toMatchObject({ callKey: key('9'), from: [key('2'), key('7')] });
});

test('what rules picked names the rule, no call, and the target that did not answer', () => {
  const minutes: Minutes = {
    ...sampleMinutes,
    degradations: [
      {
        stage: 'summarize',
        role: 'summarize',
        level: 'simplified',
        target: null,
        spans: [],
        reason: 'mixtral: OutOfCredit',
      },
    ],
  };
  const provenance: Provenance = {
    ...MODEL,
    summary: { mode: 'extractive', promptVersion: 1, sections: [], joins: [] },
  };
  expect(explain({ minutes, provenance }).of('d1')?.written).toEqual({
    by: 'rules',
    edit: null,
    rule: 'a sentence with words that people decide with, such as "we agreed", or the proposal before a bare "Agreed."',
    callKey: null,
    from: [],
    sections: [],
    ofSections: 0,
    insteadOf: [{ target: 'mixtral', reason: 'OutOfCredit' }],
  });
});

test('a transcript that somebody else made was heard by nobody, and the names in it are shown', () => {
  const minutes: Minutes = {
    ...byMixtral,
    source: { ...byMixtral.source, kind: 'transcript', name: 'notes.vtt' },
    speakers: [{ id: 'S1', name: 'Ann', seconds: 6 }],
    decisions: byMixtral.decisions.map((decision) => ({
      ...decision,
      citations: decision.citations.map((citation) => ({ ...citation, speaker: 'S1' })),
    })),
  };
  const { recording: _none, ...provenance } = MODEL;
  const { of } = explain({ minutes, provenance, transcript: sampleTranscript });
  expect(of('d1')?.citations[0]).toMatchObject({
    speaker: { id: 'S1', name: 'Ann' },
    segments: [{ id: 's2', file: null, heard: null }],
  });
});

test('of minutes of an earlier version it tells what is in them', () => {
  const { of } = explain({ provenance: null, transcript: sampleTranscript });
  expect(of('d1')).toMatchObject({
    citations: [{ segments: [{ id: 's2', heard: null }] }],
    written: { by: 'unknown', callKey: null, ofSections: 0 },
  });
});
