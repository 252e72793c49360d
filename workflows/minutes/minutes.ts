import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { Summarized } from '../contracts/summarizing.ts';
import type { JobReference, MinutesResult } from '../contracts/jobs.ts';
import type { MinutesInput } from '../contracts/minutes-state.ts';
import { perRole, type Chains } from '../contracts/targets.ts';
import { NO_TARGET } from '../chain.ts';
import { io, wholeRecording } from '../activities.ts';
import { whileDiarizing } from './diarize.ts';
import { failureOf, lossOf } from './failure-of.ts';
import { illustrate } from './illustrate.ts';
import { JobProgress, toLossReason } from './job-progress.ts';
import { JobRun } from './job-run.ts';
import { whilePreparing } from './prepare.ts';
import { render } from './render.ts';
import { SectionsAhead } from './summarize-ahead.ts';
import { summarize } from './summarize.ts';
import { tellApproval } from '../tell-approval.ts';
import { transcribe } from './transcribe.ts';

/**
 * Makes minutes from a recording, and closes the job whatever happens. A long recording takes several runs: each begins
 * where the one before it ended.
 */
export async function minutes(input: MinutesInput): Promise<MinutesResult> {
  const { tenant, jobId } = input;
  const job: JobReference = { tenant, jobId, runId: workflowInfo().firstExecutionRunId };
  const progress = new JobProgress(job, input.state?.progress);
  const run = new JobRun(input, progress);
  try {
    const made = await makeMinutes(job, { progress, run });
    await io.closeJob({ ...job, status: 'completed', result: made.result, failure: null });
    return made;
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
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
  at: { readonly progress: JobProgress; readonly run: JobRun },
): Promise<MinutesResult> {
  const { progress, run } = at;
  const { chains, image, probeMs, isTranscript } = await run.once('started', () =>
    io.startJob(job),
  );
  progress.probeMs = probeMs;
  const ahead = new SectionsAhead(job, chains.summarize, at);
  const { heard, transcript } = await ahead.beside(async () => {
    const what = isTranscript === true ? readsOnly(progress) : await hear(job, chains, at, ahead);
    const facts = await run.once('transcript', () =>
      progress.runStage('assemble', () =>
        what === null
          ? wholeRecording.importTranscript(job)
          : wholeRecording.assembleTranscript({ ...job, ...what }),
      ),
    );
    return { heard: what, transcript: facts };
  });
  progress.language = transcript.language;
  const summarized = await progress.runStage('summarize', async () => {
    await ahead.end();
    return await summarize(job, chains.summarize, at, ahead.memory());
  });
  const picture = image
    ? await progress.runStage('illustrate', () =>
        illustrateOrNull(job, chains, summarized, progress),
      )
    : progress.skipStage('illustrate');

  const facts = {
    ...job,
    ...heard,
    chains: perRole((role) => (chains[role] ?? []).map(({ name }) => name)),
    summarized,
    picture,
  };
  for (let round = 1; ; round += 1) {
    const rendered = await progress.runStage('render', () => render(facts, progress));
    const published = await progress.runStage('publish', () =>
      io.publishMinutes({ ...job, minutesKey: rendered.minutesKey }),
    );
    // Workers of earlier versions answer nothing.
    if (published?.renderAgain === true && round < MOST_RENDERINGS) continue;
    await tellApproval(job, rendered.approval);
    return rendered;
  }
}

/** Where people name speakers while their minutes are made anew. What is not shown at last is listed. */
const MOST_RENDERINGS = 5;

/** Hears the recording: decodes it, and has it transcribed and its voices told apart. */
async function hear(
  job: JobReference,
  chains: Chains,
  at: { readonly progress: JobProgress; readonly run: JobRun },
  ahead: SectionsAhead,
) {
  const { progress, run } = at;
  // Fail before decoding.
  if (chains.transcribe.length === 0) {
    throw ApplicationFailure.nonRetryable(`transcribe: ${NO_TARGET.message}`, NO_TARGET.type);
  }
  return await whilePreparing(job, chains, at, async (recording) => {
    const transcribed = await run.once('transcribed', () =>
      whileDiarizing(job, recording, chains.diarize ?? [], at, async (diarized) => {
        if (recording.whole === null) await recording.ready(0);
        return await progress.runStage('transcribe', () =>
          transcribe(job, recording, chains.transcribe, { ...at, ahead, diarized }),
        );
      }),
    );
    const { planKey } = recording.whole ?? (await recording.prepared());
    return { planKey, ...transcribed };
  });
}

/** The source is a transcript. */
function readsOnly(progress: JobProgress): null {
  progress.skipStage('prepare');
  progress.skipStage('transcribe');
  return progress.skipStage('diarize');
}

/** The minutes are made without a picture when there is no summary to draw, or an activity of the picture fails. */
async function illustrateOrNull(
  job: JobReference,
  chains: Chains,
  { mode, failedSections }: Summarized,
  progress: JobProgress,
) {
  if (mode === 'none') {
    const failure = failedSections[0]?.reason ?? 'Error';
    progress.degrade({
      stage: 'illustrate',
      level: 'missing',
      reason: { kind: 'failed', failure },
    });
    return null;
  }
  try {
    return await illustrate(job, chains, progress);
  } catch (error) {
    const loss = lossOf(error);
    if (loss === null) throw error;
    progress.degrade({ stage: 'illustrate', level: 'missing', reason: toLossReason(loss) });
    return null;
  }
}
