import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdit } from '../../../activities/revision/apply-edit.ts';
import type { Documents } from '../../../activities/revision/documents.ts';
import {
  editedMinutesSchema,
  editedTranscriptSchema,
  type EditedMinutes,
  type EditedTranscript,
} from '../../../workflows/contracts/edited.ts';
import {
  minutesSchema,
  type Minutes,
  type Statement,
} from '../../../workflows/contracts/minutes.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

const [first, second, third] = sampleTranscript.segments;
if (!first || !second || !third) throw new Error('the sample is too short');

/** S1 for 3 s, S2 for 7 s, S3 for 3 s; S4 was joined to S1. 138 characters, all summarised. */
const BASE: Documents = {
  transcript: {
    ...sampleTranscript,
    segments: [
      { ...first, start: 0, end: 3, speaker: 'S1' },
      { ...second, start: 3, end: 10, speaker: 'S2' },
      { ...third, start: 61, end: 64, speaker: 'S3' },
    ],
  },
  minutes: {
    ...sampleMinutes,
    attendees: ['Anna', 'Tom'],
    coverage: {
      ...sampleMinutes.coverage,
      transcriptCharacters: 134,
      summarizedCharacters: 134,
    },
    speakers: [
      { id: 'S1', name: 'Ann', seconds: 3, joined: ['S4'] },
      { id: 'S2', name: null, seconds: 7 },
      { id: 'S3', name: null, seconds: 3 },
    ],
    sections: [
      { id: 'risks', title: 'Risks', items: [{ text: 'None.', citations: [], verified: false }] },
    ],
  },
};

const minutesAs = (change: Partial<EditedMinutes> = {}): EditedMinutes => ({
  ...editedMinutesSchema.parse({ ...BASE.minutes, file: 'minutes' }),
  ...change,
});
const minutesAfter = (change: Partial<EditedMinutes>): Minutes =>
  applyEdit(BASE, minutesAs(change)).minutes;

type Segments = EditedTranscript['segments'];
const SEGMENTS: Segments = editedTranscriptSchema.parse({
  ...BASE.transcript,
  file: 'transcript',
}).segments;
const [one, two, three] = SEGMENTS;
if (!one || !two || !three) throw new Error('the sample is too short');
const after = (segments: Segments): Documents =>
  applyEdit(BASE, { file: 'transcript', language: 'en', segments });

/** All that no edit of minutes changes. */
const factsOf = ({
  schemaVersion: _schemaVersion,
  title: _title,
  date: _date,
  attendees: _attendees,
  summary: _summary,
  keyPoints: _keyPoints,
  decisions: _decisions,
  openQuestions: _openQuestions,
  actionItems: _actionItems,
  speakers,
  sections,
  ...facts
}: Minutes) => ({
  ...facts,
  speakers: speakers.map((speaker) => ({ ...speaker, name: null })),
  sections: sections.map((section) => ({ ...section, items: [] })),
});

describe('minutes', () => {
  test('a file that nobody changed gives what was there, as written by a person', () => {
    expect(minutesAfter({})).toEqual({ ...BASE.minutes, schemaVersion: 2 });
  });

  const words = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => {
    return text.trim() !== '' && !/[\p{Cc}\p{Cs}]/u.test(text);
  });
  const citations = fc.array(
    fc.record({ quote: words, segmentIds: fc.array(fc.constantFrom('s1', 's2', 's9')) }),
    { maxLength: 2 },
  );
  const statements = fc.array(fc.record({ text: words, citations }), { maxLength: 3 });
  const day = fc.constantFrom(null, '2026-12-24', '2027-01-31');
  const edits = fc.record(
    {
      title: words,
      date: day,
      attendees: fc.array(words, { maxLength: 3 }),
      summary: words,
      keyPoints: statements,
      decisions: statements,
      openQuestions: statements,
      actionItems: fc.array(
        fc.record({
          task: words,
          owner: fc.option(words),
          due: day,
          dueText: fc.option(words),
          citations,
        }),
        { maxLength: 3 },
      ),
      sections: statements.map((items) => [{ id: 'risks', items }]),
      speakers: fc.option(words).map((name) => [{ id: 'S2', name }]),
    },
    { requiredKeys: [] },
  );

  test('any edit is in the next version, and changes no fact', () => {
    fc.assert(
      fc.property(edits, (change) => {
        const edited = minutesAs(change);
        const made = minutesSchema.parse(minutesAfter(change));
        const { title, date, summary } = edited;
        expect(made).toMatchObject({ title, date, summary });
        expect(made.attendees ?? []).toEqual(edited.attendees ?? []);
        for (const field of ['keyPoints', 'decisions', 'openQuestions'] as const) {
          expect(made[field].map(({ text }) => text)).toEqual(
            edited[field].map(({ text }) => text),
          );
        }
        expect(
          made.actionItems.map(({ task, owner, dueText }) => ({ task, owner, dueText })),
        ).toEqual(edited.actionItems.map(({ task, owner, dueText }) => ({ task, owner, dueText })));
        expect(made.sections[0]?.items.map(({ text }) => text)).toEqual(
          edited.sections[0]?.items.map(({ text }) => text),
        );
        const named = edited.speakers.find(({ id }) => id === 'S2');
        expect(made.speakers[1]?.name).toBe(named?.name);
        expect(factsOf(made)).toEqual(factsOf(minutesSchema.parse(BASE.minutes)));
      }),
      { numRuns: 50 },
    );
  });

  test('a quote gives the place, the time and the speaker of what was said', () => {
    const citation = { quote: 'ship on the first of march', segmentIds: [] };
    const [made] = minutesAfter({
      keyPoints: [{ text: 'It ships in March.', citations: [citation] }],
    }).keyPoints;
    expect(made).toEqual({
      text: 'It ships in March.',
      verified: true,
      citations: [
        {
          start: 3,
          end: 10,
          speaker: 'S2',
          quote: 'ship on the first of March',
          segmentIds: ['s2'],
        },
      ],
    });
  });

  test.each([
    ['no evidence', 'All is well.', [], { verified: false, citations: [] }],
    [
      'a quote that nobody said',
      'All is well.',
      [{ quote: 'everything is going very well', segmentIds: ['s1'] }],
      { verified: false, citations: [] },
    ],
    [
      'a quote that bears another number',
      'It costs 25,000.',
      [{ quote: 'We decided to ship on the first of March', segmentIds: ['s2'] }],
      { verified: true, unsupported: true },
    ],
  ])('a statement with %s is marked, whatever the file says', (_, text, claims, expected) => {
    expect(minutesAfter({ decisions: [{ text, citations: claims }] }).decisions).toMatchObject([
      { text, ...expected },
    ]);
  });

  test('a day that follows from the date of the meeting follows a corrected date', () => {
    const [item] = BASE.minutes.actionItems;
    if (item === undefined) throw new Error('the sample has no task');
    const base = {
      ...BASE,
      minutes: {
        ...BASE.minutes,
        actionItems: [
          { ...item, dueText: 'by Friday', due: '2026-11-27' },
          { ...item, dueText: 'by Friday', due: '2026-11-20' },
        ],
      },
    };
    const edited = editedMinutesSchema.parse({
      ...base.minutes,
      file: 'minutes',
      date: '2026-12-01',
    });
    const due = applyEdit(base, edited).minutes.actionItems.map((one) => one.due);
    // The second one is not what the words mean on that day: somebody wrote it.
    expect(due).toEqual(['2026-12-04', '2026-11-20']);
  });
});

test('a section that a person filled is no longer said to be unwritten', () => {
  const sections = ['risks', 'costs'].map((id) => ({
    id,
    title: id,
    items: [],
    unwritten: true as const,
  }));
  const base = { ...BASE, minutes: { ...BASE.minutes, sections } };
  const edited = minutesAs({
    sections: [
      { id: 'risks', items: [{ text: 'Rain.', citations: [] }] },
      { id: 'costs', items: [] },
    ],
  });
  expect(applyEdit(base, edited).minutes.sections).toEqual([
    { id: 'risks', title: 'risks', items: [{ text: 'Rain.', citations: [], verified: false }] },
    { id: 'costs', title: 'costs', items: [], unwritten: true },
  ]);
});

describe('transcript', () => {
  test('other words take the verification from what was cited, and are not summarised', () => {
    const { minutes, transcript } = after([
      one,
      { ...two, text: 'We decided to slip by a month, and Anna will write the notes.' },
      three,
    ]);
    expect(transcript.segments[1]?.text).toContain('slip by a month');
    const quote = 'ship on the first of March';
    expect(minutes.decisions).toEqual([
      {
        text: 'Ship on the first of March.',
        verified: false,
        citations: [],
        notFound: [{ quote, segmentIds: ['s2'] }],
      },
    ]);
    expect(minutes.actionItems[0]).toMatchObject({ verified: true, owner: 'Anna' });
    expect(minutes.keyPoints).toMatchObject([{ verified: true }]);
    expect(minutes.coverage).toMatchObject({
      transcriptCharacters: 38 + 61 + 24,
      summarizedCharacters: 38 + 24,
    });
    expect(minutes).toMatchObject({ schemaVersion: 2, durationSeconds: 123.4, status: 'complete' });
  });

  test('segments that were split or put in have ids of their own, and citations follow', () => {
    const { minutes, transcript } = after([
      { ...one, id: undefined, text: 'Hello.', end: 1 },
      { ...two, end: 6, text: 'We decided to ship on the first of March,' },
      { ...two, start: 6, text: 'and Anna will write the notes.', speaker: 'S3' },
    ]);
    expect(transcript.segments.map(({ id }) => id)).toEqual(['s4', 's2', 's5']);
    expect(minutes.decisions[0]?.citations).toMatchObject([
      { segmentIds: ['s2'], start: 3, end: 6, speaker: 'S2' },
    ]);
    expect(minutes.actionItems[0]?.citations).toMatchObject([
      { segmentIds: ['s5'], start: 6, end: 10, speaker: 'S3' },
    ]);
    // What it cited is gone.
    expect(minutes.keyPoints).toMatchObject([{ verified: false, citations: [] }]);
    expect(minutes.speakers).toEqual([
      { id: 'S1', name: 'Ann', seconds: 1, joined: ['S4'] },
      { id: 'S2', name: null, seconds: 3 },
      { id: 'S3', name: null, seconds: 4 },
    ]);
  });

  test('a short quote is looked for in what became of its segment', () => {
    const short = { start: 61, end: 64, speaker: 'S3', quote: 'Who tests', segmentIds: ['s3'] };
    const openQuestions = [{ text: 'Tests?', citations: [short], verified: true }];
    const base = { ...BASE, minutes: { ...BASE.minutes, openQuestions } };
    const segments = [one, { ...one, id: undefined, text: 'Hello.' }, two, three];
    const edited = { file: 'transcript' as const, language: 'en', segments };
    expect(applyEdit(base, edited).minutes.openQuestions).toMatchObject([
      { verified: true, citations: [{ segmentIds: ['s3'] }] },
    ]);
    const said = 'And Tom said: Who tests? Nobody knew.';
    const split = [one, two, { ...three, text: 'Yes,' }, { ...three, text: said }];
    expect(applyEdit(base, { ...edited, segments: split }).minutes.openQuestions).toMatchObject([
      { verified: true, citations: [{ segmentIds: ['s4'] }] },
    ]);
  });

  test('a speaker who speaks again is no longer joined to another one', () => {
    const { minutes } = after([{ ...one, speaker: 'S4' }, { ...two, speaker: 'S1' }, three]);
    expect(minutes.speakers.map(({ id, joined }) => ({ id, joined }))).toEqual([
      { id: 'S4', joined: undefined },
      { id: 'S1', joined: undefined },
      { id: 'S3', joined: undefined },
    ]);
  });

  test('languages, and what may be invented, are those of the corrected segments', () => {
    const { minutes } = after([one, { ...two, language: 'de', mayBeInvented: true }, three]);
    expect(minutes.languages).toEqual(['de', 'en']);
    expect(minutes.coverage.mayBeInvented).toEqual([{ start: 3, end: 10 }]);
  });

  test('a segment is heard where it was for as long as its words are the same', () => {
    const heard = BASE.transcript.segments.map((segment) => ({ ...segment, chunk: 4, again: 1 }));
    const base = { ...BASE, transcript: { ...BASE.transcript, segments: heard } };
    const segments = [one, { ...two, text: 'Other words.' }, { ...three, speaker: 'S1' }];
    const edited = { file: 'transcript' as const, language: 'en', segments };
    const made = applyEdit(base, edited).transcript.segments;
    expect(made).toEqual([
      { ...heard[0] },
      { ...two, text: 'Other words.' },
      { ...heard[2], speaker: 'S1' },
    ]);
  });

  test('the minutes are in the corrected language, unless they were written in another one', () => {
    const languageAfter = (language: string) =>
      applyEdit(
        { ...BASE, minutes: { ...BASE.minutes, language } },
        { file: 'transcript', language: 'fr', segments: [one, two, three] },
      ).minutes.language;
    expect(languageAfter('en')).toBe('fr');
    expect(languageAfter('de')).toBe('de');
  });

  const missing = { quote: 'we sell the lighthouse', segmentIds: ['s9', 's3'] };
  const [decided] = BASE.minutes.decisions;
  const doubted: Statement = {
    text: 'Sold.',
    citations: [],
    verified: false,
    notFound: [missing],
  };
  const doubtedIn = (segments: Segments, change: Partial<Statement> = {}) => {
    const decisions = [{ ...doubted, ...change }];
    const base = { ...BASE, minutes: { ...BASE.minutes, decisions } };
    return applyEdit(base, { file: 'transcript', language: 'en', segments }).minutes.decisions;
  };

  test('what was looked for and not found is still told', () => {
    const corrected = { ...one, text: 'Good morning.' };
    expect(doubtedIn([corrected, two, three])).toEqual([doubted]);
    const { citations = [] } = decided ?? {};
    expect(doubtedIn([corrected, two, three], { citations })).toMatchObject([
      { verified: false, citations: [{ segmentIds: ['s2'] }], notFound: [missing] },
    ]);
    expect(doubtedIn([two, three])).toEqual([doubted]);
    expect(doubtedIn([one, two])).toEqual([doubted]);
    // The third segment is two now.
    const split = [
      { ...three, text: 'Well,' },
      { ...three, id: undefined, text: 'who tests?' },
    ];
    expect(doubtedIn([one, two, ...split])).toEqual([doubted]);
    expect(doubtedIn([one, two, ...split.map((part) => ({ ...part, id: 's3' }))])).toEqual([
      { ...doubted, notFound: [{ ...missing, segmentIds: ['s9', 's3', 's4'] }] },
    ]);
  });

  test('a segment that there never was is not the one that has its number now', () => {
    const short = [{ quote: 'Hello', segmentIds: ['s4'] }];
    const segments = [one, two, three, { ...three, id: undefined, text: 'Hello.' }];
    expect(doubtedIn(segments, { notFound: short })).toMatchObject([
      { verified: false, notFound: [{ quote: 'Hello', segmentIds: [] }] },
    ]);
  });

  test('what is in the corrected transcript is found', () => {
    const corrected = { ...three, text: 'Agreed, we sell the lighthouse.' };
    expect(doubtedIn([one, two, corrected])).toMatchObject([
      { verified: true, citations: [{ quote: missing.quote, segmentIds: ['s3'] }] },
    ]);
    expect(doubtedIn([one, two, corrected])[0]).not.toHaveProperty('notFound');
  });

  test('a quote that an edit took away comes back with its words', () => {
    const slipped = after([one, { ...two, text: 'We decided to slip.' }, three]);
    expect(slipped.minutes.decisions).toMatchObject([{ verified: false, citations: [] }]);
    const restored = applyEdit(slipped, { file: 'transcript', language: 'en', segments: SEGMENTS });
    const { decisions } = after(SEGMENTS).minutes;
    expect(restored.minutes.decisions).toEqual(decisions);
    // Also where its segment was gone, as long as the quote is long enough to be known anywhere.
    const without = after([one, three]);
    const put = [one, { ...two, id: undefined }, three];
    const back = applyEdit(without, { file: 'transcript', language: 'en', segments: put });
    expect(back.minutes.decisions).toMatchObject([
      { verified: true, citations: [{ quote: 'ship on the first of March', segmentIds: ['s4'] }] },
    ]);
    // The file of an earlier version brings the segment back as what it was.
    const undone = applyEdit(without, { file: 'transcript', language: 'en', segments: SEGMENTS });
    expect(undone.transcript.segments).toEqual(BASE.transcript.segments);
    expect(undone.minutes.decisions).toEqual(decisions);
  });

  test('what was not verified does not become so', () => {
    const [decision] = BASE.minutes.decisions;
    if (decision === undefined) throw new Error('the sample has no decision');
    const minutes = { ...BASE.minutes, decisions: [{ ...decision, verified: false }] };
    const edited = { file: 'transcript' as const, language: 'en', segments: [two, three] };
    expect(applyEdit({ ...BASE, minutes }, edited).minutes.decisions).toMatchObject([
      { verified: false, citations: [{ segmentIds: ['s2'] }] },
    ]);
  });
});
