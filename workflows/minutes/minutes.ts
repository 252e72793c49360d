import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { StartedJob } from '../contracts/activities.ts';
import type { JobReference, MinutesInput, MinutesResult } from '../contracts/jobs.ts';
import { perRole, type Chains, type RecordedTarget } from '../contracts/targets.ts';
import { NO_TARGET } from '../chain.ts';
import { io, media } from '../activities.ts';
import { illustrate } from './illustrate.ts';
import { JobProgress } from './job-progress.ts';
import { summarize } from './summarize.ts';
import { transcribe } from './transcribe.ts';

/** A recording in, checked minutes out. */
export async function minutes(input: MinutesInput): Promise<MinutesResult> {
  const { tenant, jobId } = input;
  const job: JobReference = { tenant, jobId };
  const progress = new JobProgress(input);
  try {
    const started = await io.startJob({ ...job, runId: workflowInfo().runId });
    progress.probeEvery(started.probeMs);
    const made = await makeMinutes(job, started, progress);
    await io.closeJob({ ...job, status: 'completed', result: made.result, failure: null });
    return made;
  } catch (error) {
    const cancelled = isCancellation(error);
    await CancellationScope.nonCancellable(() =>
      io.closeJob({
        ...job,
        status: cancelled ? 'cancelled' : 'failed',
        result: null,
        failure: cancelled ? null : failureOf(error),
      }),
    );
    throw error;
  }
}

async function makeMinutes(
  job: JobReference,
  { chains, image }: StartedJob,
  progress: JobProgress,
): Promise<MinutesResult> {
  // Before an hour is decoded for nobody.
  if (chains.transcribe.length === 0) {
    throw ApplicationFailure.nonRetryable(`transcribe: ${NO_TARGET.message}`, NO_TARGET.type);
  }
  const prepared = await progress.during('prepare', () =>
    media.prepareRecording({ ...job, chunkLimitSeconds: chunkLimitSeconds(chains.transcribe) }),
  );
  const { planKey } = prepared;
  const { windows } = await progress.during('transcribe', () =>
    transcribe(job, prepared, chains.transcribe, progress),
  );
  const transcript = await progress.during('assemble', () =>
    io.assembleTranscript({ ...job, planKey, windows }),
  );
  progress.spoken(transcript.language);
  const summarized = await progress.during('summarize', () =>
    summarize(job, chains.summarize, progress),
  );
  const picture = image
    ? await progress.during('illustrate', () => pictureOrNone(job, chains, progress))
    : progress.skip('illustrate');

  const rendered = await progress.during('render', () =>
    io.renderMinutes({
      ...job,
      planKey,
      windows,
      chains: perRole((role) => chains[role].map(({ name }) => name)),
      degradations: progress.degradations,
      summarized,
      picture,
    }),
  );
  await progress.during('publish', () =>
    io.publishMinutes({ ...job, minutesKey: rendered.minutesKey }),
  );
  return rendered;
}

/** Whatever befalls the picture, the minutes stand. */
async function pictureOrNone(job: JobReference, chains: Chains, progress: JobProgress) {
  try {
    return await illustrate(job, chains, progress);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    progress.degrade({
      stage: 'illustrate',
      role: 'illustrate',
      level: 'missing',
      target: null,
      reason: { kind: 'failed', failure: failureOf(error).type },
    });
    return null;
  }
}

/** One plan serves the whole chain; 300 s is as long as a chunk gets. */
function chunkLimitSeconds(targets: readonly RecordedTarget[]): number {
  return Math.min(300, ...targets.map(({ audioSeconds }) => audioSeconds ?? 300));
}

function failureOf(error: unknown): { type: string; message: string } {
  let cause = error instanceof ActivityFailure ? error.cause : error;
  // A policy that ran out hides what failed last.
  if (cause instanceof TimeoutFailure && cause.cause !== undefined) cause = cause.cause;
  if (cause instanceof ApplicationFailure) {
    return { type: cause.type ?? cause.name, message: cause.message };
  }
  return cause instanceof Error
    ? { type: cause.name, message: cause.message }
    : { type: 'Error', message: 'unknown' };
}
