import { expect, test } from 'vitest';
import {
  chunkWorkKey,
  moderationWorkKey,
  pictureWorkKey,
  speakersWorkKey,
  stretchWorkKey,
  summaryTextKey,
  summaryWorkKey,
} from '../../activities/paid/work-keys.ts';
import { STANDARD } from '../../activities/summary/outline.ts';
import { jobId } from '../../adapters/identity/job-id.ts';
import * as objectKeys from '../../adapters/object-store/keys.ts';
import type { ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { readGolden } from './read-golden.ts';

/** Everything stored is found by these keys: a changed key means that work is paid for twice. */

const JOB: JobInput = {
  schemaVersion: 1,
  kind: 'minutes',
  tenant: 'acme',
  jobId: 'qxuhujfw5ipr3e5yiieyk5mjas',
  source: {
    kind: 'recording',
    name: 'planning-meeting.flac',
    sha256: 'a'.repeat(64),
    bytes: 1_843_200,
    durationSeconds: 123.4,
  },
  title: 'Release planning',
  options: {
    date: '2026-03-02',
    language: 'en',
    attendees: ['Anna', 'José'],
    template: 'standard',
    image: true,
  },
  forceNonce: null,
  submittedAt: '2026-03-02T10:00:00Z',
};
const FORCED: JobInput = {
  ...JOB,
  options: { ...JOB.options, language: null },
  forceNonce: 'nonce-1',
};

const CHUNK = {
  index: 3,
  startSample: 448_000,
  endSample: 896_000,
  speech: true,
  speechSeconds: 25,
};
const PLAN: ChunkPlan = {
  schemaVersion: 1,
  plannerVersion: 2,
  preparationVersion: 1,
  sourceSha256: 'b'.repeat(64),
  limitSeconds: 28,
  samples: 1_974_400,
  chunks: [CHUNK],
};
const MESSAGES = [
  { role: 'system', content: 'You write minutes.' },
  { role: 'user', content: 'Ann: we ship on Friday. 我们周五发布。' },
] as const;

const askedOf = ({ options: { language } }: JobInput) => ({ language, outline: STANDARD });

test('work keys', () => {
  const keysOf = (job: JobInput) => ({
    chunk: chunkWorkKey(job, PLAN, CHUNK),
    stretch: stretchWorkKey(job, PLAN, { startSample: 480_000, endSample: 640_000 }),
    speakers: speakersWorkKey(job, PLAN),
    summary: summaryWorkKey(job, MESSAGES, askedOf(job)),
    summaryText: summaryTextKey(job, 'Ann: we ship on Friday.', askedOf(job)),
    picture: pictureWorkKey(job, 'an abstract picture of a release', 1),
    secondPicture: pictureWorkKey(job, 'an abstract picture of a release', 2),
    moderation: moderationWorkKey(job, 'c'.repeat(64)),
  });
  expect({ plain: keysOf(JOB), forced: keysOf(FORCED) }).toEqual(readGolden('work-keys.json'));
});

test('job ids', () => {
  const idOf = ({ kind, tenant, source, options, forceNonce }: JobInput) =>
    jobId({ kind, tenant, inputSha256: source.sha256, options, forceNonce });
  expect({ plain: idOf(JOB), forced: idOf(FORCED) }).toEqual(readGolden('job-ids.json'));
});

test('object keys', () => {
  const tenant = 'acme';
  const job = JOB.jobId;
  const sha = 'd'.repeat(64);
  const other = 'e'.repeat(64);
  const home = objectKeys.sourceHome(tenant, sha);
  const jobHome = objectKeys.jobHome(tenant, job);
  const scratch = objectKeys.scratchPrefix(tenant, job, 'a0000000-0000-4000-8000-00000000000a');
  const actual: Record<keyof typeof objectKeys, string | readonly string[]> = {
    uploadKey: objectKeys.uploadKey(tenant, sha),
    partUploadKey: objectKeys.partUploadKey(tenant, 'a0000000-0000-4000-8000-00000000000a'),
    sourceHome: home,
    jobHome,
    sourceKey: objectKeys.sourceKey(tenant, sha),
    heardKey: objectKeys.heardKey(tenant, sha),
    planKey: [28, 29.5].map((limit) => objectKeys.planKey(tenant, sha, 2, limit)),
    resultKey: [home, jobHome].map((place) => objectKeys.resultKey(place, 'transcribe', other)),
    resultPointerKey: [home, jobHome].map((place) =>
      objectKeys.resultPointerKey(place, 'summarize', other),
    ),
    latestPointerKey: [home, jobHome].map((place) =>
      objectKeys.latestPointerKey(place, 'summarize', other),
    ),
    jobInputKey: objectKeys.jobInputKey(tenant, job),
    templateKey: objectKeys.templateKey(tenant, job, sha),
    windowKey: objectKeys.windowKey(tenant, job, 7),
    sectionsKey: objectKeys.sectionsKey(tenant, job, 1, 32_768),
    revisionsPrefix: objectKeys.revisionsPrefix(tenant, job),
    reductionKey: objectKeys.reductionKey(tenant, job, 2, 1, 32_768),
    transcriptKey: objectKeys.transcriptKey(tenant, job),
    speakersKey: objectKeys.speakersKey(tenant, job),
    summaryKey: objectKeys.summaryKey(tenant, job),
    outputKey: objectKeys.outputKey(tenant, job, 2, 'minutes.md'),
    changeKey: objectKeys.changeKey(tenant, job, sha),
    sharedScratchPrefix: objectKeys.sharedScratchPrefix(tenant, job),
    scratchPrefix: scratch,
    scratchChunkKey: [objectKeys.sharedScratchPrefix(tenant, job), scratch].map((folder) =>
      objectKeys.scratchChunkKey(folder, 12),
    ),
    scratchStretchKey: objectKeys.scratchStretchKey(scratch, 12, {
      startSample: 16_000,
      endSample: 96_000,
    }),
    scratchPlansPrefix: objectKeys.scratchPlansPrefix(scratch),
    scratchPlanKey: objectKeys.scratchPlanKey(scratch, 14),
    scratchAnswersKey: objectKeys.scratchAnswersKey(scratch, { generation: 1, level: 0, part: 2 }),
    sectionAheadKey: objectKeys.sectionAheadKey(tenant, job, 8192, 3),
    scratchMergedKey: objectKeys.scratchMergedKey(scratch, 8192),
    scratchTrackKey: objectKeys.scratchTrackKey(scratch),
    quarantineKey: objectKeys.quarantineKey(tenant, sha),
    publishedKey: objectKeys.publishedKey(tenant, job, sha, 'png'),
  };
  expect(actual).toEqual(readGolden('object-keys.json'));
});
