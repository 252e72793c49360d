import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { composeMinutes } from '../../activities/minutes/compose-minutes.ts';
import { EXTRACTIVE_LABEL, extractiveDraft } from '../../activities/summary/extractive-summary.ts';
import { outlineOf, STANDARD } from '../../activities/summary/outline.ts';
import { templateFacts } from '../../activities/summary/read-template.ts';
import { digestOf } from '../../adapters/identity/digest.ts';
import { readBuiltIn } from '../../client/templates/choose-template.ts';
import { picturePrompt } from '../../activities/picture/picture-prompt.ts';
import {
  reductionMessages,
  sectionMessages,
  SUMMARY_SCHEMA,
} from '../../activities/summary/prompts.ts';
import { EXPORT_FORMATS, renderExports } from '../../activities/minutes/render/render-exports.ts';
import { verifyDraft } from '../../activities/summary/verify-citations.ts';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import type { StoredResult } from '../../workflows/contracts/stored-results.ts';
import type { Template } from '../../workflows/contracts/template.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { readGolden, readGoldenText } from './read-golden.ts';

/** The files of a job whose recording is the sample, summarised by rules; and the prompts that models get for it. */

const script = JSON.parse(
  readFileSync(new URL('../../local/samples/script.json', import.meta.url), 'utf8'),
) as {
  readonly date: string;
  readonly sentences: readonly { readonly speaker: string; readonly text: string }[];
};

/** Four seconds a sentence and half a second between them; the last one's times are not known. */
const transcriptIn = (language: string): Transcript => ({
  schemaVersion: 1,
  language,
  durationSeconds: script.sentences.length * 4.5,
  segments: script.sentences.map(({ speaker, text }, index) => ({
    id: `s${index + 1}`,
    start: index === script.sentences.length - 1 ? null : index * 4.5,
    end: index === script.sentences.length - 1 ? null : index * 4.5 + 4,
    speaker: index % 5 === 0 ? speaker : null,
    language,
    text,
  })),
});

const ATTENDEES = ['Anna', 'Tom', 'Maria', 'Peter'];

/** Whole minutes of the English sample; in other languages, minutes with every shortcoming. */
function minutesIn(language: string, shortcomings: boolean, template?: Template): Minutes {
  const transcript = transcriptIn(language);
  const outline = template === undefined ? STANDARD : outlineOf(template, language);
  const draft = extractiveDraft(transcript.segments, language, outline);
  const characters = transcript.segments.reduce((sum, { text }) => sum + text.length, 0);
  return composeMinutes({
    input: {
      schemaVersion: 1,
      kind: 'minutes',
      tenant: 'default',
      jobId: 'qxuhujfw5ipr3e5yiieyk5mjas',
      source: {
        kind: 'recording',
        name: 'planning-meeting.flac',
        sha256: 'a'.repeat(64),
        bytes: 1_843_200,
        durationSeconds: transcript.durationSeconds,
      },
      title: null,
      options: {
        date: script.date,
        language,
        attendees: ATTENDEES,
        template: 'standard',
        image: false,
      },
      forceNonce: null,
      submittedAt: '2026-03-02T10:00:00Z',
    },
    version: 1,
    template: templateFacts(
      { ...(template && { template: { name: template.name, sha256: digestOf(template) } }) },
      outline,
    ),
    transcript,
    chains: { transcribe: ['whisper-base'], summarize: [], illustrate: [], moderate: [] },
    results: {
      transcribe: [WHISPER_RESULT, WHISPER_RESULT],
      summarize: [],
      illustrate: [],
      moderate: [],
    },
    simplified: {
      target: 'extractive-v1',
      model: 'extractive-v1',
      provider: null,
      items: 1,
      label: EXTRACTIVE_LABEL,
    },
    coverage: {
      audioSeconds: transcript.durationSeconds,
      transcribedSeconds: transcript.durationSeconds - 13.2,
      silenceSeconds: shortcomings ? 3.2 : 13.2,
      gaps: shortcomings ? [{ start: 60.25, end: 70.25, reason: 'TargetExhausted' }] : [],
      transcriptCharacters: characters,
      summarizedCharacters: shortcomings ? characters - 300 : characters,
      sections: shortcomings ? 2 : 1,
      failedSections: shortcomings ? [{ start: 100, end: 120, reason: 'mixtral: TooLarge' }] : [],
    },
    summary: verifyDraft(draft, transcript, { attendees: ATTENDEES, date: script.date, outline }),
    degradations: shortcomings ? DEGRADATIONS : [],
    image: null,
    ledger: { entries: 6, inDoubt: shortcomings ? 1 : 0 },
  });
}

const WHISPER_RESULT: StoredResult = {
  schemaVersion: 1,
  role: 'transcribe',
  workKey: 'b'.repeat(64),
  callKey: 'c'.repeat(64),
  ordinal: 1,
  ledgerEntryId: '1',
  target: 'whisper-base',
  contract: 'hf-task',
  model: 'openai/whisper-base',
  label: 'whisper-base: Whisper base by faster-whisper on this machine',
  provider: 'local',
  servedModel: null,
  revision: null,
  requestId: null,
  createdAt: '2026-03-02T10:00:00Z',
  usage: {
    inputTokens: null,
    outputTokens: null,
    audioSeconds: 28,
    images: null,
    computeSeconds: null,
  },
  answer: {},
};

const DEGRADATIONS: readonly Degradation[] = [
  {
    stage: 'transcribe',
    role: 'transcribe',
    level: 'fallback',
    target: 'whisper-large-v3',
    spans: [
      { start: 0, end: 28 },
      { start: 28, end: 56.5 },
    ],
    reason: 'whisper-base: RateLimited',
  },
  {
    stage: 'summarize',
    role: 'summarize',
    level: 'simplified',
    target: null,
    spans: [],
    reason: 'mixtral: OutOfCredit',
  },
  {
    stage: 'summarize',
    role: 'summarize',
    level: 'earlier',
    target: 'mixtral',
    spans: [],
    reason: 'earlier_prompt; 2026-02-01',
  },
  {
    stage: 'illustrate',
    role: 'illustrate',
    level: 'missing',
    target: null,
    spans: [],
    reason: 'no target: NoTarget',
  },
];

const exportsOf = async (
  minutes: Minutes,
  transcript: Transcript,
  picture: Uint8Array | null = null,
  formats = EXPORT_FORMATS.filter(({ name }) => !/\.(?:docx|pdf)$/.test(name)),
) => (await renderExports(() => minutes, transcript, { picture, formats })).exports;

const digestsOf = (files: Awaited<ReturnType<typeof exportsOf>>) =>
  Object.fromEntries(
    files.map(({ name, contentType, body }) => [name, `${contentType}: ${sha256(body)}`]),
  );

const sha256 = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex');

const MARKDOWN = EXPORT_FORMATS.filter(({ name }) => name === 'minutes.md');

test('the files of the sample', async () => {
  // The typesetter of the PDF is native code: whether another processor makes the same bytes is not known.
  const formats = EXPORT_FORMATS.filter(({ name }) => name !== 'minutes.pdf');
  const files = await exportsOf(minutesIn('en', false), transcriptIn('en'), null, formats);
  const markdown = files.find(({ name }) => name === 'minutes.md')?.body;
  expect(new TextDecoder().decode(markdown)).toBe(readGoldenText('minutes.md'));
  expect(digestsOf(files)).toEqual(readGolden('outputs.json'));
});

test('the minutes of a board, whose template has sections of its own', async () => {
  const minutes = minutesIn('en', false, await readBuiltIn('board'));
  const [markdown] = await exportsOf(minutes, transcriptIn('en'), null, MARKDOWN);
  expect(new TextDecoder().decode(markdown?.body)).toBe(readGoldenText('minutes-board.md'));
});

test('the files of a degraded job in every language, and with a picture', async () => {
  const image: Minutes['image'] = {
    key: 'default/published/x.png',
    verdict: 'safe',
    score: 0.01,
    quality: 0.9,
    watermark: { text: 'generated', metadata: true },
    model: 'procedural-v1',
    prompt: 'a meeting',
  };
  const degraded: Record<string, object> = {};
  for (const language of ['en', 'de', 'fr', 'es', 'zh', 'ja']) {
    degraded[language] = digestsOf(
      await exportsOf(minutesIn(language, true), transcriptIn(language)),
    );
  }
  const picture = digestsOf(
    await exportsOf(
      { ...minutesIn('en', false), image },
      transcriptIn('en'),
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
    ),
  );
  expect({ degraded, picture }).toEqual(readGolden('other-outputs.json'));
});

test('prompts', () => {
  const { segments } = transcriptIn('en');
  const text = segments.map(({ id, text }) => `[${id}] ${text}`).join('\n');
  const draft = extractiveDraft(segments, 'en');
  const actual = {
    section: sha256(JSON.stringify(sectionMessages({ text, language: 'en' }))),
    sectionOfNoLanguage: sha256(JSON.stringify(sectionMessages({ text, language: null }))),
    reduction: sha256(
      JSON.stringify(reductionMessages({ partials: [draft, draft], language: 'en' })),
    ),
    schema: SUMMARY_SCHEMA,
    picture: picturePrompt({
      title: 'Spring launch planning',
      summary: draft.summary,
      keyPoints: draft.keyPoints,
      language: 'en',
    }),
  };
  expect(actual).toEqual(readGolden('prompts.json'));
});
