import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carrySpeakers } from '../../../activities/speakers/carry-speakers.ts';
import { joinInTranscript } from '../../../activities/speakers/join-speakers.ts';
import { numberSpeakers } from '../../../activities/speakers/number-speakers.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';

type Said = readonly [start: number | null, end: number | null, speaker: string | null];

const transcriptOf = (...said: Said[]): Transcript => ({
  schemaVersion: 1,
  language: 'en',
  durationSeconds: 100,
  segments: said.map(([start, end, speaker], index) => ({
    id: `s${index + 1}`,
    start,
    end,
    speaker,
    language: 'en',
    text: `From ${start} to ${end}.`,
  })),
});

type Named = Pick<Minutes['speakers'][number], 'id' | 'name' | 'joined'>;

const carry = (
  speakers: readonly Named[],
  held: Transcript,
  made: Transcript,
  kind: Minutes['source']['kind'] = 'recording',
) => {
  const minutes = { speakers: speakers.map((each) => ({ seconds: 1, ...each })), source: { kind } };
  const { names, joins } = carrySpeakers({ minutes, transcript: held }, made);
  return { names, joins: [...joins] };
};

const TOM = { id: 'S1', name: 'Tom' };

test('a name stays with its voice when a part that failed is heard, and others have the id', () => {
  const held = transcriptOf([30, 40, 'S1'], [40, 50, 'S2']);
  const made = transcriptOf([0, 25, 'S1'], [25, 30, 'S2'], [30, 40, 'S2'], [40, 50, 'S1']);
  expect(carry([TOM, { id: 'S2', name: null }], held, made)).toEqual({
    names: { S2: 'Tom' },
    joins: [],
  });
});

test('a speaker whom nobody heard before has no name', () => {
  const held = transcriptOf([30, 40, 'S1']);
  const made = transcriptOf([0, 20, 'S1'], [30, 40, 'S2']);
  expect(carry([TOM], held, made).names).toEqual({ S2: 'Tom' });
  expect(carry([TOM], held, transcriptOf([0, 20, 'S1'])).names).toEqual({});
});

test('times that are a little different now are the same voice', () => {
  const held = transcriptOf([30, 40, 'S1'], [40, 50, 'S2']);
  const made = transcriptOf([0, 9, 'S1'], [29.6, 38, 'S2'], [38, 39.8, 'S2'], [39.9, 50.5, 'S3']);
  expect(carry([TOM, { id: 'S2', name: 'Ann' }], held, made).names).toEqual({
    S2: 'Tom',
    S3: 'Ann',
  });
});

test('of a speaker who is two now, the name stays with the longer one; with neither if both speak as long', () => {
  const held = transcriptOf([0, 10, 'S1']);
  expect(carry([TOM], held, transcriptOf([0, 3, 'S1'], [3, 10, 'S2'])).names).toEqual({
    S2: 'Tom',
  });
  expect(carry([TOM], held, transcriptOf([0, 5, 'S1'], [5, 10, 'S2']))).toEqual({
    names: {},
    joins: [],
  });
});

test('a speaker who is more somebody else than the one with the name has none', () => {
  const held = transcriptOf([0, 10, 'S1'], [10, 30, 'S2']);
  expect(carry([TOM], held, transcriptOf([0, 30, 'S1'])).names).toEqual({});
});

test('a speaker whose words are mostly nobody’s now gives its name to nobody', () => {
  const held = transcriptOf([0, 10, 'S1']);
  expect(carry([TOM], held, transcriptOf([0, 2, 'S1'], [2, 10, null])).names).toEqual({});
});

test('two voices that are one held speaker, to whom another was joined, are joined again', () => {
  const held = transcriptOf([30, 40, 'S1'], [40, 50, 'S1'], [50, 60, 'S3']);
  const speakers = [
    { ...TOM, joined: ['S2'] },
    { id: 'S3', name: null },
  ];
  const asBefore = transcriptOf([30, 40, 'S1'], [40, 50, 'S2'], [50, 60, 'S3']);
  expect(carry(speakers, held, asBefore)).toEqual({ names: { S1: 'Tom' }, joins: [['S2', 'S1']] });
  const others = transcriptOf([0, 9, 'S1'], [30, 40, 'S2'], [40, 50, 'S3'], [50, 60, 'S1']);
  expect(carry(speakers, held, others)).toEqual({ names: { S2: 'Tom' }, joins: [['S3', 'S2']] });
  // Nobody said it of these.
  expect(carry([TOM], held, others)).toEqual({ names: {}, joins: [] });
});

test('speakers of a submitted transcript have the same ids, with times or without', () => {
  const untimed = transcriptOf([null, null, 'S1'], [null, null, 'S2']);
  const speakers = [{ ...TOM, joined: ['S2'] }];
  const by = { names: { S1: 'Tom' }, joins: [['S2', 'S1']] };
  expect(carry(speakers, untimed, untimed, 'transcript')).toEqual(by);
  const timed = transcriptOf([0, 5, 'S1'], [0, 5, 'S2']);
  expect(carry(speakers, timed, timed, 'transcript')).toEqual(by);
});

type Turns = readonly {
  readonly start: number;
  readonly seconds: number;
  readonly voice: string;
}[];

/** Who speaks when, by a label of the voice; several may speak at once. */
const turns: fc.Arbitrary<Turns> = fc.array(
  fc.record({
    start: fc.integer({ min: 0, max: 40 }),
    seconds: fc.integer({ min: 0, max: 15 }),
    voice: fc.constantFrom('a', 'b', 'c', 'd'),
  }),
  { minLength: 1, maxLength: 12 },
);

/** With the words of each voice its own. */
function heard(said: Turns, idOf: (voice: string) => string): Transcript {
  const transcript = transcriptOf(
    ...said.map(({ start, seconds, voice }): Said => [start, start + seconds, idOf(voice)]),
  );
  const segments = transcript.segments.map((segment, index) => ({
    ...segment,
    text: `${segment.text} ${said[index]?.voice}`,
  }));
  return { ...transcript, segments };
}

test('other ids for the same turns never move a name, and lose none', () => {
  const order = fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 });
  fc.assert(
    fc.property(turns, order, (said, others) => {
      const idOf = (voice: string) => `S${'abcd'.indexOf(voice) + 1}`;
      const newIdOf = (voice: string) => `S${others.indexOf(voice) + 1}`;
      const voices = [...new Set(said.map(({ voice }) => voice))];
      const speakers = voices.map((voice) => ({ id: idOf(voice), name: voice }));
      const carried = carry(speakers, heard(said, idOf), heard(said, newIdOf));
      const names = Object.fromEntries(voices.map((voice) => [newIdOf(voice), voice]));
      expect(carried).toEqual({ names, joins: [] });
    }),
  );
});

test('a name is on its voice or on nobody, whatever was missing before and whoever was joined', () => {
  fc.assert(
    fc.property(turns, fc.integer({ min: 0, max: 40 }), fc.boolean(), (said, from, isJoined) => {
      const inOrder = said.toSorted((a, b) => a.start - b.start);
      const idsOf = (some: Turns) => {
        const numbered = numberSpeakers(some.map(({ voice }) => ({ speaker: voice })));
        return new Map(some.map(({ voice }, index) => [voice, numbered[index]?.speaker ?? '']));
      };
      const before = inOrder.filter(({ start }) => start >= from);
      const [ids, newIds] = [idsOf(before), idsOf(inOrder)];
      const [a, b] = [ids.get('a'), ids.get('b')];
      const joins = new Map(isJoined && a && b ? [[b, a]] : []);
      const speakers = [...ids].flatMap(([voice, id]) =>
        joins.has(id) ? [] : [{ id, name: voice, ...(id === a && { joined: [...joins.keys()] }) }],
      );
      const held = joinInTranscript(
        heard(before, (voice) => ids.get(voice) ?? ''),
        joins,
      );
      const made = heard(inOrder, (voice) => newIds.get(voice) ?? '');
      const carried = carry(speakers, held, made);
      const isOne = (voice: string) => (joins.size > 0 && voice === 'b' ? 'a' : voice);
      const voiceOf = new Map([...newIds].map(([voice, id]) => [id, isOne(voice)]));
      for (const [id, name] of Object.entries(carried.names)) expect(voiceOf.get(id)).toBe(name);
      for (const [id, into] of carried.joins) expect(voiceOf.get(id)).toBe(voiceOf.get(into));
    }),
  );
});
