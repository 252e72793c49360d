import { CancelledFailure } from '@temporalio/common';
import {
  QueryNotRegisteredError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type Client,
  type WorkflowHandle,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { digestOf } from '../../adapters/identity/digest.ts';
import { changeKey, templateKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { TENANT_KEY } from '../../adapters/temporal/search-attributes.ts';
import { isPolled } from '../../adapters/temporal/worker-presence.ts';
import type {
  RenderedRevision,
  RevisionReference,
  SummaryCalls,
} from '../../workflows/contracts/activities.ts';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import {
  CALLS_QUERY,
  PROCEED_SIGNAL,
  PROGRESS_QUERY,
  revisionWorkflowId,
  TASK_QUEUES,
  WORKFLOWS,
} from '../../workflows/contracts/names.ts';
import { changeSchema, type Change } from '../../workflows/contracts/revision.ts';
import type { ChosenTemplate } from '../templates/choose-template.ts';
import { NoResultError } from './fetch-result.ts';

/** A change without what follows from the job. */
export type WantedChange = Change extends infer C
  ? C extends Change
    ? Omit<C, 'schemaVersion' | 'baseKey' | 'at'>
    : never
  : never;

/** What some changes need besides. */
export interface RevisionNeeds {
  /** The value of the template that the change names. */
  readonly template?: Pick<ChosenTemplate, 'sha256' | 'template'> | null;
  /** Asked before a change makes calls that are paid for, if any: false gives it up. Absent: the calls are wanted. */
  readonly confirm?: (calls: SummaryCalls) => Promise<boolean>;
  /** Told whenever another section is summarised. */
  readonly onProgress?: (sections: Progress['sections']) => void;
  /** Told the run that makes the change, by which `awaitChange` finds it. */
  readonly onStarted?: (runId: string) => void;
  /** Gives the change up, until its calls are wanted; from then on it goes on without us. */
  readonly signal?: AbortSignal;
}

/**
 * Makes the next version of a job's minutes with a change, and waits for it. Null: the calls that it needs were not
 * wanted, and nothing changed. Throws `NoResultError`, and `RevisionRefusedError` if the change cannot be made or
 * another one is being made.
 */
export async function reviseJob(
  row: JobRow,
  wanted: WantedChange,
  {
    store,
    temporal,
    template = null,
    confirm = () => Promise.resolve(true),
    onProgress = () => undefined,
    onStarted = () => undefined,
    signal = new AbortController().signal,
  }: RevisionNeeds & { readonly store: ObjectStore; readonly temporal: Client },
): Promise<RenderedRevision | null> {
  const { tenant, id, minutesKey } = row;
  if (minutesKey === null) throw new NoResultError(row);
  const change = changeSchema.parse({
    // The lowest whose readers understand it.
    schemaVersion: wanted.kind === 'approval' ? 2 : 1,
    baseKey: minutesKey,
    at: new Date().toISOString(),
    ...wanted,
  });
  const digest = digestOf(change);
  if (template !== null) {
    await store.putJson(templateKey(tenant, id, template.sha256), template.template);
  }
  await store.putJson(changeKey(tenant, id, digest), change);
  try {
    const handle = await start(temporal, { tenant, jobId: id, change: digest }, change.kind);
    onStarted(handle.firstExecutionRunId);
    const result = handle.result();
    if (change.kind === 'resummarize') {
      const ended = new AbortController();
      const end = (): void => {
        ended.abort();
      };
      result.then(end, end);
      let hasCalls = false;
      const isWanted = await orCancel(handle, async () => {
        const calls = await callsOf(handle, AbortSignal.any([ended.signal, signal]));
        signal.throwIfAborted();
        hasCalls = calls !== null && calls.atMost > 0;
        return calls === null || !hasCalls || (await confirm(calls));
      });
      if (!isWanted) return null;
      if (hasCalls) {
        // It may have ended: then the result says why.
        await handle.signal(PROCEED_SIGNAL).catch(() => null);
        await follow(handle, ended.signal, onProgress);
      }
    }
    return await result;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      throw await toAnotherChange(row, temporal);
    }
    throw toRefusal(error, id) ?? error;
  }
}

export type Revise = (change: RevisionReference) => Promise<RenderedRevision>;

const start = (
  temporal: Client,
  reference: RevisionReference,
  kind: Change['kind'],
): Promise<WorkflowHandleWithFirstExecutionRunId<Revise>> =>
  temporal.workflow.start<Revise>(WORKFLOWS.revise, {
    workflowId: revisionWorkflowId(reference.tenant, reference.jobId),
    taskQueue: TASK_QUEUES.pipeline,
    args: [reference],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowExecutionTimeout: '30 days',
    typedSearchAttributes: [{ key: TENANT_KEY, value: reference.tenant }],
    priority: { fairnessKey: reference.tenant },
    // Temporal stores this as plain text: put no meeting content here.
    staticSummary: `${kind} of minutes`,
  });

/** What the change will cost in calls, once the workflow knows; null: it has ended before. */
async function callsOf(
  handle: WorkflowHandle<Revise>,
  ended: AbortSignal,
): Promise<SummaryCalls | null> {
  for (; !ended.aborted; await pause(300, ended)) {
    try {
      // Without a worker, a query waits for long.
      const calls = await handle.client.withAbortSignal(ended, () =>
        handle.query<SummaryCalls | null>(CALLS_QUERY),
      );
      if (calls !== null) return calls;
    } catch (error) {
      // Not begun yet, or no worker answers: the result is waited for all the same.
      if (!(error instanceof QueryNotRegisteredError || error instanceof ServiceError)) throw error;
    }
  }
  return null;
}

async function follow(
  handle: WorkflowHandle<Revise>,
  ended: AbortSignal,
  onProgress: (sections: Progress['sections']) => void,
): Promise<void> {
  for (let told = 0; !ended.aborted; await pause(2_000, ended)) {
    const progress = await handle.query<Progress>(PROGRESS_QUERY).catch(() => null);
    if (progress === null || progress.sections.done === told) continue;
    told = progress.sections.done;
    onProgress(progress.sections);
  }
}

const pause = (ms: number, ended: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: ended }).catch(() => undefined);

/** Gives the change up where it is not wanted, or nobody can say so: once it has ended, another one can be made. */
async function orCancel(
  handle: WorkflowHandle<Revise>,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  let isWanted = false;
  try {
    isWanted = await ask();
  } finally {
    if (!isWanted) {
      await handle.cancel();
      await Promise.race([
        handle.result().catch(() => null),
        sleep(LONGEST_END_MS, null, { ref: false }),
      ]);
    }
  }
  return isWanted;
}

/** Says what is being made, what it waits for, and how to end it. */
async function toAnotherChange({ tenant, id }: JobRow, temporal: Client): Promise<Error> {
  const stop = `stop it with npm run -s hansard -- cancel ${id}`;
  // Nobody would answer.
  if (!(await isPolled(temporal, TASK_QUEUES.pipeline))) {
    return new RevisionRefusedError(
      `another change of job ${id} waits for a worker, and none is running: it is made when one is, or ${stop}`,
    );
  }
  const handle = temporal.workflow.getHandle(revisionWorkflowId(tenant, id));
  // A worker that does not answer by then says nothing of it.
  const [calls, progress] = await temporal.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
    Promise.all([
      handle.query<SummaryCalls | null>(CALLS_QUERY).catch(() => null),
      handle.query<Progress>(PROGRESS_QUERY).catch(() => null),
    ]),
  );
  const isAsking = (calls?.atMost ?? 0) > 0 && progress?.stages.summarize === 'waiting';
  const what = isAsking
    ? `another change of job ${id} waits to hear whether its calls are wanted: answer the question of that command, wait 10 minutes at most`
    : `another change of job ${id} is being made: wait for it (npm run -s hansard -- versions ${id})`;
  return new RevisionRefusedError(`${what}, or ${stop}`);
}

export function toRefusal(error: unknown, id: string): Error | null {
  for (
    let cause: unknown = error instanceof WorkflowFailedError ? error.cause : null;
    cause instanceof Error;
    cause = cause.cause
  ) {
    if ('type' in cause && REFUSALS.some((type) => type === cause.type)) {
      return new RevisionRefusedError(cause.message);
    }
    if (cause instanceof CancelledFailure) {
      return new RevisionStoppedError(
        `the change of job ${id} was stopped: its minutes are as they were`,
      );
    }
  }
  return null;
}

/** A change that has made no call ends at once, if a worker is there. */
const LONGEST_END_MS = 10_000;

/** Of what is asked for a message only. */
const QUERY_TIMEOUT_MS = 3_000;

const REFUSALS = [FAILURES.RevisionRefused, FAILURES.TemplateTooLong] as const;

class RevisionRefusedError extends Error {
  override readonly name = 'RevisionRefusedError';
}

class RevisionStoppedError extends Error {
  override readonly name = 'RevisionStoppedError';
}
