import { randomBytes } from 'node:crypto';
import type { ApplicationFailure } from '@temporalio/common';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callTarget } from '../../../activities/paid/call-target.ts';
import { createActivities } from '../../../activities/index.ts';
import { pictureVerdict } from '../../../adapters/media/picture-verdict.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import { toApplicationFailure } from '../../../activities/paid/to-application-failure.ts';
import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import {
  scratchChunkKey,
  sharedScratchPrefix,
  summaryKey,
  transcriptKey,
} from '../../../adapters/object-store/keys.ts';
import { attempt, openBench } from '../activity-bench.ts';

/** Answers that no honest provider gives, and what they may not do to a job. */

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const failureOf = async (running: Promise<unknown>): Promise<unknown> =>
  await running.then(
    () => null,
    (error: unknown) => error,
  );

test('a picture that only begins like one is refused where it is drawn, and not by a later stage', async () => {
  const job = await bench.newJob();
  const { store } = bench.deps;
  const segments: [] = [];
  const spoken = { schemaVersion: 1, language: 'en', durationSeconds: 60, segments };
  await store.putJson(transcriptKey(job.tenant, job.jobId), spoken);
  const nothing = { keyPoints: [], decisions: [], openQuestions: [], actionItems: [] };
  const summary = { summary: 'The harbour.', ...nothing };
  await store.putJson(summaryKey(job.tenant, job.jobId), summary);
  const grey = { width: 64, height: 64, channels: 3, background: 'grey' } as const;
  const whole = await sharp({ create: grey }).png().toBuffer();
  bench.provider.answer = () =>
    Promise.resolve({
      status: 200,
      headers: { 'content-type': 'image/png' },
      body: whole.subarray(0, 60),
    });
  const { tenant, jobId } = job;
  const target = bench.recorded.illustrate;
  const failure = await failureOf(
    attempt(() =>
      createActivities(bench.deps).drawPicture({ tenant, jobId, target, last: true, attempt: 0 }),
    ),
  );
  expect(failure).toMatchObject({ type: 'BadReply' });
  await expect(bench.deps.ledger.countByState(tenant, jobId)).resolves.toMatchObject({
    rejected: 1,
    accepted: 0,
  });
});

test('time in the queue is not held against a target: its patience begins with the first call', async () => {
  const job = await bench.newJob();
  bench.provider.answer = () => Promise.resolve({ status: 429, body: { error: 'slow down' } });
  const failure = await failureOf(
    attempt(
      () =>
        callTarget(
          bench.deps,
          {
            tenant: job.tenant,
            jobId: job.jobId,
            target: bench.recorded.transcribe,
            last: false,
          },
          {
            role: 'transcribe',
            home: homeOf(job),
            workKey: randomBytes(32).toString('hex'),
            input: () =>
              Promise.resolve({
                audio: Buffer.from('audio'),
                mediaType: 'audio/flac',
                url: null,
                durationSeconds: 1,
                language: null,
              }),
            accept: (answer) => Promise.resolve(answer),
          },
        ),
      // An hour behind other items.
      { scheduledTimestampMs: Date.now() - 3_600_000 },
    ),
  );
  expect(failure).toMatchObject({ type: 'RateLimited', nonRetryable: false });
});

test('asked to come back at once, we come back after the policy’s own backoff', () => {
  const error = new InferenceError('whisper answered 429', {
    kind: 'rate_limited',
    target: 'whisper',
    waitMs: 0,
    charge: 'refused',
  });
  const failure = toApplicationFailure(error, 'retry', { attempt: 1, random: Math.random });
  expect((failure as ApplicationFailure).nextRetryDelay).toBeUndefined();
});

test('a chunk that is gone from the store ends the job, and is not asked for over seven days', async () => {
  bench.openGates();
  const job = await bench.newJob();
  const { tenant, jobId } = job;
  const failure = await failureOf(
    attempt(() =>
      callTarget(
        bench.deps,
        { tenant, jobId, target: bench.recorded.transcribe, last: true },
        {
          role: 'transcribe',
          home: homeOf(job),
          workKey: randomBytes(32).toString('hex'),
          input: async () => ({
            audio: await bench.deps.store.get(
              scratchChunkKey(sharedScratchPrefix(tenant, jobId), 0),
            ),
            mediaType: 'audio/flac',
            url: null,
            durationSeconds: 1,
            language: null,
          }),
          accept: (answer) => Promise.resolve(answer),
        },
      ),
    ),
  );
  expect(failure).toMatchObject({ type: 'MissingObject', nonRetryable: true });
});

test('of two ways to say how unsafe a picture is the worse one counts', () => {
  const labels = [
    { label: 'nsfw', score: 0.1 },
    { label: 'porn', score: 0.6 },
    { label: 'hentai', score: 0.3 },
  ];
  expect(pictureVerdict(labels).verdict).toBe('blocked');
  expect(pictureVerdict(labels.toReversed()).verdict).toBe('blocked');
});

test('very many labels are judged all the same', () => {
  const labels = Array.from({ length: 300_000 }, () => ({ label: 'nsfw', score: 0.9 }));
  expect(pictureVerdict(labels)).toEqual({ verdict: 'blocked', score: 0.9 });
});
