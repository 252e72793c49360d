import { CancellationScope } from '@temporalio/workflow';
import type { PreparedRecording } from '../contracts/transcribing.ts';
import type { DegradationReason } from '../contracts/degradation-reason.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { Diarized } from '../contracts/minutes-state.ts';
import type { RecordedTarget } from '../contracts/targets.ts';
import { paid } from '../activities.ts';
import { toLossReason, toTargetReason, type JobProgress } from './job-progress.ts';
import type { JobRun } from './job-run.ts';
import { orLoss } from './or-loss.ts';
import type { Recording } from './prepare.ts';

/**
 * Does `work`, and beside it has the voices of the recording told apart, once all of it is prepared. Ends when both have;
 * where `work` fails, what runs beside it is cancelled. `work` can wait for the answer, too. `diarized` is the call key of
 * the answer; it is absent where nobody is configured, where separate tracks tell who spoke, and where it failed: then the
 * minutes have no names, and say so.
 */
export async function whileDiarizing<T extends object>(
  job: JobReference,
  recording: Recording,
  targets: readonly RecordedTarget[],
  at: { readonly progress: JobProgress; readonly run: JobRun },
  work: (diarized: () => Promise<string | undefined>) => Promise<T>,
): Promise<T & { readonly diarized?: string }> {
  const { progress, run } = at;
  const { whole } = recording;
  if (targets.length === 0 || (whole !== null && !isAskedFor(whole))) {
    progress.skipStage('diarize');
    return await work(async () => undefined);
  }
  const scope = new CancellationScope();
  const ask = (prepared: PreparedRecording): Promise<Diarized> | null => {
    if (!isAskedFor(prepared)) return progress.skipStage('diarize');
    progress.startBeside('diarize');
    const asking = scope.run(() =>
      run.once('diarized', () => askWhoSpoke({ ...job, ...prepared }, targets, progress)),
    );
    run.waitFor(asking);
    return asking;
  };
  const beside =
    whole === null ? scope.run(async () => await ask(await recording.prepared())) : ask(whole);
  let value: T;
  try {
    value = await work(async () => (await beside)?.callKey ?? undefined);
  } catch (error) {
    scope.cancel();
    await beside?.catch(() => undefined);
    throw error;
  }
  const told = await beside;
  if (told === null) return value;
  const { callKey, missing } = told;
  if (missing !== null) {
    progress.degrade({ stage: 'diarize', level: 'missing', reason: missing });
  }
  progress.endBeside('diarize');
  return { ...value, ...(callKey !== null && { diarized: callKey }) };
}

/** Separate tracks tell who spoke. */
const isAskedFor = (prepared: PreparedRecording): prepared is WithTrack =>
  (prepared.tracks ?? 1) === 1 && prepared.scratch !== undefined;
type WithTrack = PreparedRecording & { readonly scratch: string };

/** Asks the targets that take a recording of this length. */
async function askWhoSpoke(
  recording: JobReference & WithTrack,
  targets: readonly RecordedTarget[],
  progress: JobProgress,
): Promise<Diarized> {
  const { tenant, jobId, runId, planKey, scratch, durationSeconds } = recording;
  const job: JobReference = { tenant, jobId, ...(runId !== undefined && { runId }) };
  const able = targets.filter(({ audioSeconds }) => (audioSeconds ?? Infinity) >= durationSeconds);
  if (able.length === 0) return missing(tooLong(targets));
  // Minutes do not wait for names for hours.
  const chain = progress.chain('diarize', 'diarize', able, { patient: false });
  const { value: outcome, loss } = await orLoss(() =>
    chain.run((target, last) =>
      paid
        .diarize(target, durationSeconds)
        .diarizeRecording({ ...job, planKey, scratch, target, last }),
    ),
  );
  if (outcome === null) return missing(toLossReason(loss));
  if (!outcome.ok) return missing(toTargetReason(outcome.failure));
  const { callKey } = outcome.value;
  // Every version of the activity says it.
  return callKey === undefined ? missing(toLossReason(NO_CALL_KEY)) : { callKey, missing: null };
}

const missing = (reason: DegradationReason): Diarized => ({ callKey: null, missing: reason });

const NO_CALL_KEY = { type: FAILURES.MissingObject, message: 'the answer has no call key' };

/** No target takes a recording of that length, so that none was asked. */
const tooLong = (targets: readonly RecordedTarget[]) =>
  toTargetReason({
    type: FAILURES.TooLarge,
    target: targets.at(-1)?.name ?? '',
    message: 'the recording is longer than any target takes',
  });
