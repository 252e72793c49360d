import { describe, expect, test } from 'vitest';
import { heardNames, withHeardNames } from '../../../activities/speakers/heard-names.ts';
import { findIntroduction, personNamed } from '../../../activities/speakers/self-introduction.ts';
import type { SpeakerClaim } from '../../../workflows/contracts/summary-draft.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';

/** One segment a line, "S1: words". */
const said = (lines: readonly string[], language = 'en'): Transcript => ({
  schemaVersion: 1,
  language,
  durationSeconds: 4 * lines.length,
  segments: lines.map((line, index) => ({
    id: `s${index + 1}`,
    start: 4 * index,
    end: 4 * index + 4,
    speaker: /^(S\d+): /.exec(line)?.[1] ?? null,
    language,
    text: line.replace(/^S\d+: /, ''),
  })),
});

const claim = (id: string, name: string, segment: string, quote: string): SpeakerClaim => ({
  id,
  name,
  citation: { segmentIds: [segment], quote },
});

const ATTENDEES = ['Ann Lee', 'Bob Stone', 'Tom Reed', 'Tom Baker', '王小明', '李芳'];

const found = (
  transcript: Transcript,
  claims: readonly SpeakerClaim[] = [],
  names: Readonly<Record<string, string>> = {},
) =>
  Object.fromEntries(
    heardNames(transcript, claims, { attendees: ATTENDEES, names }).map(({ id, name }) => [
      id,
      name,
    ]),
  );

describe('how people introduce themselves', () => {
  test.each([
    ['I am Ann.', 'Ann Lee', 'I am Ann'],
    ["Hello everyone, I'm Bob Stone and I look after sales.", 'Bob Stone', "I'm Bob Stone"],
    ['Good morning. My name is Tom Baker.', 'Tom Baker', 'My name is Tom Baker'],
    ['This is Ann speaking.', 'Ann Lee', 'This is Ann speaking'],
    ['Hi, it’s Bob here.', 'Bob Stone', 'it’s Bob here'],
    ['大家好，我是王小明。', '王小明', '我是王小明'],
    ['我叫李芳，负责销售。', '李芳', '我叫李芳'],
    ['各位好，我是产品部的李芳。', '李芳', '我是产品部的李芳'],
    ['我是小明，来自北京。', '王小明', '我是小明'],
    ['Guten Morgen, ich bin Ann.', 'Ann Lee', 'ich bin Ann'],
    ['Bonjour, je m’appelle Bob.', 'Bob Stone', 'je m’appelle Bob'],
    ['Hola, soy Ann.', 'Ann Lee', 'soy Ann'],
  ])('%s', (sentence, person, words) => {
    expect(findIntroduction(sentence, ATTENDEES)).toEqual({ person, words });
  });

  test.each([
    // Somebody else.
    "I am Ann's manager.",
    'I am Ann Other.',
    'I am Anna.',
    'I am Zoe.',
    'This is Ann, our new colleague.',
    'This is Ann.',
    'He said I am Ann.',
    'Am I Ann?',
    'I am Ann?',
    'I am not Ann.',
    'If I am Ann, then you are Bob.',
    "I'm Ann and Bob's assistant.",
    '我是李芳的经理。',
    '我是李芳芳。',
    '他说我是李芳。',
    '我是王。',
    // Two have this name.
    'I am Tom.',
    // An adjective.
    'I am stone cold.',
  ])('nobody by: %s', (sentence) => {
    expect(findIntroduction(sentence, ATTENDEES)).toBeNull();
  });

  test('a name is one attendee’s or nobody’s', () => {
    expect(personNamed('bob', ATTENDEES)).toBe('Bob Stone');
    expect(personNamed('ＢＯＢ  Stone', ATTENDEES)).toBe('Bob Stone');
    expect(personNamed('Tom', ATTENDEES)).toBeNull();
    expect(personNamed('Tom Reed', ATTENDEES)).toBe('Tom Reed');
    expect(personNamed('小明', ATTENDEES)).toBe('王小明');
    expect(personNamed('王', ATTENDEES)).toBeNull();
    expect(personNamed('', ATTENDEES)).toBeNull();
    expect(personNamed('Ann', ['Ann', 'Ann Lee'])).toBe('Ann');
  });
});

describe('names that the meeting says', () => {
  test('who introduces themselves has the words as the source of the name', () => {
    const transcript = said(['S1: Hello, I am Ann.', 'S2: Good morning.']);
    expect(heardNames(transcript, [], { attendees: ATTENDEES, names: {} })).toEqual([
      {
        id: 'S1',
        name: 'Ann Lee',
        citation: { start: 0, end: 4, speaker: 'S1', quote: 'I am Ann', segmentIds: ['s1'] },
      },
    ]);
  });

  const THANKS = said(['S1: The tests are green.', 'S2: Thank you, Bob.', 'S3: I am Tom Reed.']);

  test('a claim counts where its words are and name the person', () => {
    expect(found(THANKS, [claim('S1', 'Bob', 's2', 'Thank you, Bob')])).toEqual({
      S1: 'Bob Stone',
      S3: 'Tom Reed',
    });
  });

  test.each([
    ['a name of no attendee', claim('S1', 'Zoe', 's2', 'Thank you, Bob')],
    ['a name of two attendees', claim('S1', 'Tom', 's3', 'I am Tom Reed')],
    ['words that nobody says', claim('S1', 'Bob', 's2', 'Over to you, Bob')],
    ['words without the name', claim('S1', 'Bob', 's1', 'The tests are green')],
    ['thanks without the name', claim('S1', 'Bob', 's2', 'Thank you')],
    ['a speaker who is not there', claim('S9', 'Bob', 's2', 'Thank you, Bob')],
    ['thanks to oneself', claim('S2', 'Bob', 's2', 'Thank you, Bob')],
    ['the introduction of somebody else', claim('S1', 'Tom Reed', 's3', 'I am Tom Reed')],
  ])('%s names nobody', (_what, wrong) => {
    expect(found(THANKS, [wrong])).toEqual({ S3: 'Tom Reed' });
  });

  test('claims that differ name nobody', () => {
    const thanks = claim('S1', 'Bob', 's2', 'Thank you, Bob');
    const transcript = said([
      'S1: The tests are green.',
      'S2: Thank you, Bob.',
      'S4: Thank you, Ann.',
    ]);
    const other = claim('S1', 'Ann', 's3', 'Thank you, Ann');
    expect(found(transcript, [thanks])).toEqual({ S1: 'Bob Stone' });
    // One speaker with two names.
    expect(found(transcript, [thanks, other])).toEqual({});
    // Two speakers with one name.
    expect(found(transcript, [thanks, { ...thanks, id: 'S4' }])).toEqual({});
    // The same claim of two sections is one.
    expect(found(transcript, [thanks, thanks])).toEqual({ S1: 'Bob Stone' });
  });

  test('a name that a speaker has stays, and is nobody else’s', () => {
    const thanks = claim('S1', 'Bob', 's2', 'Thank you, Bob');
    expect(found(THANKS, [thanks], { S1: 'Robert' })).toEqual({ S3: 'Tom Reed' });
    expect(found(THANKS, [thanks], { S2: 'Bob Stone' })).toEqual({ S3: 'Tom Reed' });
  });

  test('without attendees nobody is named', () => {
    expect(heardNames(THANKS, [], { attendees: [], names: {} })).toEqual([]);
  });

  test('a voice that was joined to another one gives its name to it, unless both have one', () => {
    const citation = { start: 0, end: 4, speaker: 'S2', quote: 'I am Ann', segmentIds: ['s1'] };
    const ann = { id: 'S2', name: 'Ann Lee', citation };
    const joins = new Map([['S2', 'S1']]);
    expect(withHeardNames({ names: {}, joins }, [ann]).names).toEqual({ S1: 'Ann Lee' });
    const bob = { ...ann, id: 'S1', name: 'Bob Stone' };
    expect(withHeardNames({ names: {}, joins }, [ann, bob]).names).toEqual({});
    expect(withHeardNames({ names: { S1: 'Robert' }, joins }, [ann]).names).toEqual({
      S1: 'Robert',
    });
    expect(withHeardNames({ names: { S3: 'Ann Lee' }, joins }, [ann]).names).toEqual({
      S3: 'Ann Lee',
    });
  });
});
