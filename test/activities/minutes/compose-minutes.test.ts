import { describe, expect, test } from 'vitest';
import {
  composeMinutes,
  titleInLanguage,
  type MinutesParts,
} from '../../../activities/minutes/compose-minutes.ts';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';
import { sampleMinutes, sampleTranscript } from './render/sample-minutes.ts';

describe('minutes from their parts', () => {
  test('list who spoke, and stay complete where nobody could tell', () => {
    const said = sampleTranscript.segments.map((segment, index) => ({
      ...segment,
      speaker: ['S1', 'S2', 'S1'][index] ?? null,
    }));
    const minutes = composeMinutes(parts({ transcript: { ...sampleTranscript, segments: said } }));
    expect(minutes.speakers).toEqual([
      { id: 'S1', name: null, seconds: 6.15 },
      { id: 'S2', name: null, seconds: 6.7 },
    ]);
    expect(composeMinutes(parts()).speakers).toEqual([]);
    expect(composeMinutes(parts()).engines).not.toHaveProperty('diarize');

    const missing = { stage: 'diarize', role: 'diarize', level: 'missing', target: null } as const;
    const failed = { ...missing, spans: [], reason: 'MissingObject' };
    expect(composeMinutes(parts({ degradations: [failed] })).status).toBe('complete');
  });

  test('are complete without a gap, partial with a gap, partial with a failed section', () => {
    const span = { start: 10, end: 20, reason: 'input' };
    expect(composeMinutes(parts()).status).toBe('complete');
    expect(composeMinutes(parts({ coverage: { ...coverage, gaps: [span] } })).status).toBe(
      'partial',
    );
    expect(
      composeMinutes(parts({ coverage: { ...coverage, failedSections: [span] } })).status,
    ).toBe('partial');
  });

  test('are partial when something failed that is no target, and complete when a target failed', () => {
    const degraded = (reason: string) =>
      parts({
        degradations: [
          {
            stage: 'illustrate',
            role: 'illustrate',
            level: 'missing',
            target: null,
            spans: [],
            reason,
          },
        ],
      });
    expect(composeMinutes(degraded('TypeError')).status).toBe('partial');
    expect(composeMinutes(degraded('flux: TargetExhausted')).status).toBe('complete');
    expect(composeMinutes(degraded('no target: NoTarget')).status).toBe('complete');
    expect(composeMinutes(degraded('stored')).status).toBe('complete');
  });

  test('count their engines from the answers, in the order of the chain', () => {
    const minutes = composeMinutes(
      parts({
        chains: { ...noNames, transcribe: ['first', 'second'] },
        results: {
          ...noResults,
          transcribe: [
            result('second', 'm2', null),
            result('first', 'm1', 'fast'),
            result('second', 'm2', null),
            result('retired', 'm0', null),
            result('first', 'm1', 'slow'),
          ],
        },
      }),
    );
    expect(
      minutes.engines.transcribe.map(({ target, provider, items }) => [target, provider, items]),
    ).toEqual([
      ['first', 'fast', 1],
      ['first', 'slow', 1],
      ['second', null, 2],
      ['retired', null, 1],
    ]);
    expect(minutes.engines.transcribe[0]).toEqual({
      target: 'first',
      model: 'm1',
      provider: 'fast',
      items: 1,
      label: 'a label',
    });
  });

  test('have the attendees that the user named, and no such field without them', () => {
    const options = { ...input.options, attendees: ['Anna', 'Smith, John'] };
    expect(composeMinutes(parts({ input: { ...input, options } })).attendees).toEqual([
      'Anna',
      'Smith, John',
    ]);
    expect(composeMinutes(parts())).not.toHaveProperty('attendees');
  });

  test('name the engine of a summary that no target made', () => {
    const simplified = {
      target: 'extractive-v1',
      model: 'extractive-v1',
      provider: null,
      items: 1,
      label: 'by rules',
    };
    expect(composeMinutes(parts({ simplified })).engines.summarize).toEqual([simplified]);
    expect(composeMinutes(parts()).engines.summarize).toEqual([]);
  });

  test.each([
    ['The given title', null, 'en', 'The given title'],
    [null, null, 'en', 'Minutes of planning-meeting'],
    ['   ', null, 'en', 'Minutes of planning-meeting'],
    [null, '2026-11-24', 'en', 'Minutes of planning-meeting, 24 November 2026'],
    [null, '2026-11-24', 'zh', 'planning-meeting 会议纪要（2026年11月24日）'],
    [null, '2026-11-24', 'de', 'Protokoll: planning-meeting, 24. November 2026'],
    [null, null, 'ja', 'Minutes of planning-meeting'],
    [null, null, null, 'Minutes of planning-meeting'],
  ])(
    'with the title %j, the date %j and the language %j are called %j',
    (title, date, language, expected) => {
      const minutes = composeMinutes(
        parts({
          input: { ...input, title, options: { ...input.options, date } },
          transcript: { ...sampleTranscript, language },
        }),
      );
      expect(minutes.title).toBe(expected);
    },
  );

  test.each([
    ['board 3.11', 'Minutes of board 3.11'],
    ['.flac', 'Minutes of .flac'],
    ['/tmp/x/call.m4a', 'Minutes of call'],
    ['C:\\call.one.mp3', 'Minutes of call.one'],
  ])('of the file %j are called %j', (name, expected) => {
    const source = { ...input.source, name };
    expect(composeMinutes(parts({ input: { ...input, source } })).title).toBe(expected);
  });

  test('of several files are called by the first, and say when each begins', () => {
    const files = ['part1.m4a', 'part2.mp3'].map((name) => ({
      name,
      sha256: 'b'.repeat(64),
      bytes: 50,
    }));
    const source = { ...input.source, name: 'part1.m4a (+1)', files };
    const sound = { tracks: [], leftOut: [], cut: false, fileStarts: [0, 61.00049] };
    const minutes = composeMinutes(parts({ input: { ...input, source }, sound }));
    expect(minutes.title).toBe('Minutes of part1');
    expect(minutes.source).toEqual({
      kind: 'recording',
      name: 'part1.m4a (+1)',
      sha256: 'a'.repeat(64),
      bytes: 100,
      files: [
        { ...files[0], start: 0 },
        { ...files[1], start: 61 },
      ],
    });
    expect(composeMinutes(parts()).source).not.toHaveProperty('files');
  });

  test('list languages by their seconds, each once, the unknown not at all', () => {
    const segments = (['de', 'en', null, 'en', 'fr'] as const).map((language, index) => ({
      id: `s${index + 1}`,
      start: language === 'fr' ? null : index * 10,
      end: index * 10 + (language === 'de' ? 9 : 5),
      speaker: null,
      language,
      text: 'words',
    }));
    const transcript = { ...sampleTranscript, segments };
    expect(composeMinutes(parts({ transcript })).languages).toEqual(['en', 'de', 'fr']);
  });

  test('list the language of the whole where no segment tells its own', () => {
    const segments = sampleTranscript.segments.map((segment) => ({ ...segment, language: null }));
    const told = { ...sampleTranscript, language: 'de', segments };
    expect(composeMinutes(parts({ transcript: told })).languages).toEqual(['de']);
    expect(composeMinutes(parts({ transcript: { ...told, language: null } })).languages).toEqual(
      [],
    );
  });

  test('carry times with three decimals', () => {
    const minutes = composeMinutes(
      parts({
        coverage: {
          ...coverage,
          audioSeconds: 10.00049,
          gaps: [{ start: 1 / 3, end: 2 / 3, reason: 'input' }],
        },
        degradations: [
          {
            stage: 'transcribe',
            role: 'transcribe',
            level: 'missing',
            target: null,
            spans: [{ start: 1 / 3, end: 2 / 3 }],
            reason: 'input',
          },
        ],
      }),
    );
    expect(minutes.coverage.audioSeconds).toBe(10);
    expect(minutes.coverage.gaps).toEqual([{ start: 0.333, end: 0.667, reason: 'input' }]);
    expect(minutes.degradations[0]?.spans).toEqual([{ start: 0.333, end: 0.667 }]);
  });

  test('are refused where a part breaks the schema', () => {
    expect(() => composeMinutes(parts({ version: 0 }))).toThrow(/version/);
  });

  test('do not depend on when they are made', () => {
    expect(JSON.stringify(composeMinutes(parts()))).toBe(JSON.stringify(composeMinutes(parts())));
  });
});

test('a title by the file name follows the language, and a title by a person stays', () => {
  const dated = { ...input, options: { ...input.options, date: '2026-03-02' } };
  const english = 'Minutes of planning-meeting, 2 March 2026';
  const german = 'Protokoll: planning-meeting, 2. März 2026';
  expect(titleInLanguage(dated, english, 'de')).toBe(german);
  expect(titleInLanguage(dated, german, 'en')).toBe(english);
  expect(titleInLanguage(dated, 'Minutes of the board', 'de')).toBe('Minutes of the board');
});

const { coverage } = sampleMinutes;

const input: MinutesParts['input'] = {
  schemaVersion: 1,
  kind: 'minutes',
  tenant: 'default',
  jobId: sampleMinutes.id,
  source: {
    kind: 'recording',
    name: 'planning-meeting.flac',
    sha256: 'a'.repeat(64),
    bytes: 100,
    durationSeconds: 123.4,
  },
  title: null,
  options: { date: null, language: null, attendees: [], template: 'standard', image: false },
  forceNonce: null,
  submittedAt: '2026-11-23T10:00:00Z',
};

const noNames = { transcribe: [], summarize: [], illustrate: [], moderate: [] };
const noResults = noNames;

function parts(changes: Partial<MinutesParts> = {}): MinutesParts {
  return {
    input,
    version: 1,
    template: { id: 'standard', version: 1 },
    transcript: sampleTranscript,
    chains: noNames,
    results: noResults,
    simplified: null,
    coverage,
    summary: sampleMinutes,
    degradations: [],
    image: null,
    ledger: { entries: 6, inDoubt: 1 },
    ...changes,
  };
}

function result(target: string, model: string, provider: string | null): StoredResult {
  return {
    schemaVersion: 1,
    role: 'transcribe',
    workKey: 'b'.repeat(64),
    callKey: 'c'.repeat(64),
    ordinal: 1,
    ledgerEntryId: '1',
    target,
    contract: 'hf-task',
    model,
    label: 'a label',
    provider,
    servedModel: null,
    revision: null,
    requestId: null,
    createdAt: '2026-11-23T10:00:00Z',
    usage: {
      inputTokens: null,
      outputTokens: null,
      audioSeconds: 10,
      images: null,
      computeSeconds: null,
    },
    answer: {},
  };
}
