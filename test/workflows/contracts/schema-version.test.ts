import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { windowManifestSchema } from '../../../activities/recording/close-window.ts';
import { reductionSchema } from '../../../activities/summary/partial-summaries.ts';
import { sectionAheadSchema } from '../../../activities/summary/sections-ahead.ts';
import { sectionsSchema } from '../../../activities/summary/sections.ts';
import { gateRecordSchema } from '../../../adapters/inference/limits/gate-record.ts';
import { ticketSchema } from '../../../adapters/inference/protocols/contract.ts';
import { chunkPlanSchema } from '../../../workflows/contracts/chunk-plan.ts';
import { jobInputSchema } from '../../../workflows/contracts/job-input.ts';
import { minutesSchema, summarySchema } from '../../../workflows/contracts/minutes.ts';
import { provenanceSchema } from '../../../workflows/contracts/provenance.ts';
import { changeSchema } from '../../../workflows/contracts/revision.ts';
import {
  illustrateAnswerSchema,
  labelsAnswerSchema,
  resultPointerSchema,
  storedResultSchema,
  summarizeAnswerSchema,
  transcribeAnswerSchema,
} from '../../../workflows/contracts/stored-results.ts';
import { templateSchema } from '../../../workflows/contracts/template.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import { versionChangesSchema } from '../../../workflows/contracts/version-changes.ts';
import { sampleMinutes, sampleTranscript } from '../../activities/minutes/render/sample-minutes.ts';

const SHA = 'a'.repeat(64);
const { summary, keyPoints, decisions, openQuestions, actionItems } = sampleMinutes;
const sampleSummary = { summary, keyPoints, decisions, openQuestions, actionItems };
const heard = [{ part: 1, stream: 1, channels: [1, 2] }];

const CHANGE = {
  schemaVersion: 2,
  by: 'Ann',
  at: '2026-03-02T10:00:00Z',
  baseKey: 'default/jobs/x/versions/1/minutes.json',
};
const REVISION = { kind: 'edit', version: 2, base: 1, by: CHANGE.by, at: CHANGE.at };

/** Documents with all optional fields, and with at least one of every object that they can hold. */
const DOCUMENTS: Readonly<Record<string, readonly [z.ZodType, object]>> = {
  'input.json': [
    jobInputSchema,
    {
      schemaVersion: 4,
      kind: 'minutes',
      tenant: 'acme',
      jobId: 'a'.repeat(26),
      source: {
        kind: 'recording',
        name: 'a.flac (+1)',
        sha256: SHA,
        bytes: 2,
        durationSeconds: 1,
        files: ['a.flac', 'b.flac'].map((name) => ({ name, sha256: SHA, bytes: 1 })),
      },
      title: null,
      options: { date: null, language: 'en', attendees: [], template: 'board', image: true },
      template: { name: 'board', sha256: SHA },
      approval: { asked: 'Ann', withinSeconds: 604_800 },
      forceNonce: null,
      submittedAt: '2026-03-02T10:00:00Z',
    },
  ],
  'a template': [
    templateSchema,
    {
      schemaVersion: 1,
      name: 'Weekly',
      tone: 'Plain.',
      length: 'short',
      lists: ['decisions'],
      sections: [{ title: 'Risks', instruction: 'What may go wrong.', like: 'keyPoints' }],
    },
  ],
  'a chunk plan': [
    chunkPlanSchema,
    {
      schemaVersion: 1,
      plannerVersion: 2,
      preparationVersion: 1,
      sourceSha256: SHA,
      limitSeconds: 28,
      samples: 16_000,
      sound: {
        tracks: [{ startSample: 0, heard, damage: [{ start: 0, end: 1 }] }],
        leftOut: [{ ...heard[0], reason: 'silent' }],
        cut: false,
        fileStarts: [0, 0.5],
      },
      chunks: [{ index: 0, startSample: 0, endSample: 16_000, speech: true, speechSeconds: 1 }],
      soundInSilence: [{ startSample: 0, endSample: 1 }],
    },
  ],
  'a window': [
    windowManifestSchema,
    {
      schemaVersion: 1,
      window: 0,
      chunks: [
        { index: 0, outcome: 'silent' },
        { index: 1, outcome: 'answered', resultKey: 'k' },
        { index: 2, outcome: 'failed', reason: 'input' },
      ],
    },
  ],
  sections: [
    sectionsSchema,
    {
      schemaVersion: 1,
      contextTokens: 8192,
      transcriptSha256: SHA,
      outline: 'standard/1',
      sections: [
        { index: 0, start: 0, end: 1, segmentIds: ['s1'], text: 'Ann: hello', characters: 5 },
      ],
    },
  ],
  'a section cut ahead': [
    sectionAheadSchema,
    {
      schemaVersion: 1,
      language: 'en',
      outline: 'standard/1',
      section: {
        index: 0,
        start: 0,
        end: 1,
        segmentIds: ['s1'],
        text: '[s1] hello',
        characters: 5,
      },
    },
  ],
  'a reduction': [
    reductionSchema,
    { schemaVersion: 1, partialsSha256: SHA, partials: [SHA], groups: [[0]] },
  ],
  'a stored answer': [
    storedResultSchema,
    {
      schemaVersion: 1,
      role: 'transcribe',
      workKey: SHA,
      asked: { template: 'standard/1', promptVersion: 1, repairs: SHA },
      callKey: SHA,
      ordinal: 1,
      ledgerEntryId: 'acme/1',
      target: 'whisper',
      contract: 'openai',
      model: 'whisper',
      label: null,
      provider: null,
      servedModel: null,
      revision: null,
      requestId: null,
      createdAt: '2026-03-02T10:00:00Z',
      usage: {
        inputTokens: null,
        outputTokens: null,
        audioSeconds: 1,
        images: null,
        computeSeconds: null,
      },
      answer: null,
    },
  ],
  'provenance.json': [
    provenanceSchema,
    {
      schemaVersion: 1,
      recording: {
        planned: 1,
        chunks: [
          {
            index: 0,
            track: 1,
            start: 0,
            end: 28,
            callKey: SHA,
            again: [{ start: 1, end: 9, callKey: SHA }],
          },
        ],
      },
      diarize: SHA,
      summary: {
        mode: 'model',
        promptVersion: 1,
        sections: [{ first: 's1', last: 's2', callKey: SHA }],
        joins: [{ callKey: SHA, of: [SHA] }],
      },
    },
  ],
  'a pointer': [resultPointerSchema, { schemaVersion: 1, callKey: SHA, resultKey: 'k' }],
  'transcript.json': [transcriptSchema, { ...sampleTranscript, highestId: 9 }],
  'a change of a name': [changeSchema, { ...CHANGE, kind: 'rename', speaker: 'S1', name: 'Ann' }],
  'a summary anew': [
    changeSchema,
    {
      ...CHANGE,
      kind: 'resummarize',
      language: 'de',
      template: { name: 'board', sha256: SHA },
      target: 'mixtral',
    },
  ],
  'a change of minutes': [
    changeSchema,
    {
      ...CHANGE,
      kind: 'edit',
      edited: {
        file: 'minutes',
        title: 'Budget',
        date: null,
        summary: '',
        keyPoints: [{ text: 'a', citations: [{ quote: 'a', segmentIds: ['s1'] }] }],
        decisions: [],
        openQuestions: [],
        actionItems: [{ task: 'a', owner: null, due: null, dueText: null, citations: [] }],
        sections: [{ id: 'risks', items: [] }],
        speakers: [{ id: 'S1', name: null }],
      },
    },
  ],
  'a change of a transcript': [
    changeSchema,
    {
      ...CHANGE,
      kind: 'edit',
      edited: {
        file: 'transcript',
        language: null,
        segments: [{ id: 's1', start: 0, end: 1, speaker: 'S1', language: 'en', text: 'a' }],
      },
    },
  ],
  'an approval': [
    changeSchema,
    { ...CHANGE, kind: 'approval', decision: { kind: 'approve', sha256: SHA } },
  ],
  'changes.json': [
    versionChangesSchema,
    {
      schemaVersion: 1,
      ...REVISION,
      differences: [{ file: 'minutes', field: 'title', was: 'a', is: 'b' }],
    },
  ],
  'summary.json': [summarySchema, { schemaVersion: 1, ...sampleSummary }],
  'minutes.json': [
    minutesSchema,
    {
      ...sampleMinutes,
      schemaVersion: 3,
      approval: {
        state: 'returned',
        asked: 'Ann',
        since: CHANGE.at,
        until: CHANGE.at,
        by: 'Ann',
        at: CHANGE.at,
        remark: 'Whose table?',
      },
      source: {
        ...sampleMinutes.source,
        files: [{ name: 'a.flac', sha256: SHA, bytes: 1, start: 0 }],
      },
      attendees: ['Ann'],
      sound: {
        tracks: [heard],
        leftOut: [{ ...heard[0], reason: 'duplicate' }],
        cut: true,
        disagreements: [{ part: 1, stream: 1, at: 0, statedSeconds: 2, heardSeconds: 1 }],
        inSilence: [{ start: 0, end: 1 }],
      },
      coverage: {
        ...sampleMinutes.coverage,
        gaps: [{ start: 0, end: 1, reason: 'damaged' }],
        failedSections: [{ start: 0, end: 1, reason: 'input' }],
      },
      degradations: [
        {
          stage: 'transcribe',
          role: 'transcribe',
          level: 'fallback',
          target: 'whisper',
          spans: [{ start: 0, end: 1 }],
          reason: 'exhausted',
        },
      ],
      speakers: [{ id: 'S1', name: null, seconds: 1, joined: ['S2'] }],
      revisions: [REVISION],
      sections: [{ id: 'risks', title: 'Risks', items: keyPoints }],
      image: {
        key: null,
        verdict: 'held',
        score: null,
        quality: 1,
        watermark: { text: 'made by a model', metadata: true },
        model: 'flux',
        prompt: 'a harbour',
      },
    },
  ],
};

/** What stands in a document, a row or Redis without a version of its own. */
const PARTS: typeof DOCUMENTS = {
  'an answer in words': [
    transcribeAnswerSchema,
    { text: 'a', language: null, segments: [{ start: 0, end: 1, text: 'a' }] },
  ],
  'an answer in text': [summarizeAnswerSchema, { text: 'a' }],
  'a picture': [illustrateAnswerSchema, { sha256: SHA, bytes: 1, mediaType: 'image/png' }],
  labels: [labelsAnswerSchema, { labels: [{ label: 'nsfw', score: 0.5 }] }],
  'a ticket': [ticketSchema, { id: 'r', path: '/r', phase: 'status', handedInBy: 'a' }],
  'a gate': [
    gateRecordSchema,
    {
      epoch: 1,
      failuresInARow: 0,
      closed: {
        untilMs: 1,
        reason: 'failures',
        closings: 1,
        probe: { id: 'p', untilMs: 1 },
      },
    },
  ],
};

/** The same value as a later version may write it: with one more field in every object. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, grown(inner)] as const);
  return { ...Object.fromEntries(fields), aLaterField: { some: 'thing' } };
}

describe.each(Object.entries({ ...DOCUMENTS, ...PARTS }))('%s', (_, [schema, value]) => {
  test('is read without the fields that a later version added', () => {
    expect(schema.parse(value)).toEqual(value);
    expect(schema.parse(grown(value))).toEqual(value);
  });
});

describe.each(Object.entries(DOCUMENTS))('%s', (_, [schema, value]) => {
  test('is refused in a version that is not known yet, by its version', () => {
    const { schemaVersion } = z.object({ schemaVersion: z.int() }).parse(value);
    const { error } = schema.safeParse({ ...value, schemaVersion: schemaVersion + 1 });
    expect(error?.issues).toMatchObject([{ code: 'too_big', path: ['schemaVersion'] }]);
  });
});

test.each([
  ['a chunk plan', ['sound', 'soundInSilence']],
  ['summary.json', ['schemaVersion']],
  ['minutes.json', ['sound', 'attendees', 'revisions']],
  ['sections', ['transcriptSha256']],
  ['a reduction', ['partialsSha256', 'partials']],
])('%s of earlier versions, which lacks %j, is read', (name, fields) => {
  const [schema, value] = DOCUMENTS[name] ?? [];
  const older = Object.fromEntries(
    Object.entries(value ?? {}).filter(([field]) => !fields.includes(field)),
  );
  expect(schema?.safeParse(older).success).toBe(true);
});
