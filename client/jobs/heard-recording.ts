import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { heardKey, jobInputKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { TENANT_KEY } from '../../adapters/temporal/search-attributes.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import { jobInputSchema } from '../../workflows/contracts/job-input.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';
import { playbackWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../workflows/contracts/names.ts';

export interface HeardRecording {
  readonly key: string;
  readonly bytes: number;
}

interface Ports {
  readonly store: ObjectStore;
  readonly temporal: () => Promise<Client>;
  /** Waits while it is made, for as long as somebody waits; null: it is not made by then, and goes on. */
  readonly wait: <T>(work: Promise<T>) => Promise<T | null>;
}

/**
 * What is heard of a job's recording, as Ogg Opus whose times are those of the transcript. It is made when it is first asked
 * for, once for each recording; what cannot be read is not tried again. Null: it is still being made. Throws
 * `NoRecordingError`.
 */
export async function heardRecording(
  row: JobRow,
  { store, temporal, wait }: Ports,
): Promise<HeardRecording | null> {
  const { tenant, id } = row;
  const { source } = await store.getJson(jobInputKey(tenant, id), jobInputSchema);
  if (source.kind === 'transcript') {
    throw new NoRecordingError(`job ${id} was made of a transcript: there is nothing to hear`);
  }
  const key = heardKey(tenant, source.sha256);
  const held = await store.head(key);
  if (held !== null) return { key, bytes: held.bytes };
  const making = make(await temporal(), { tenant, jobId: id }, source.sha256);
  if ((await wait(making.then(() => true))) === null) return null;
  const made = await store.head(key);
  if (made === null) throw new TypeError('what is heard was made, and is not there');
  return { key, bytes: made.bytes };
}

async function make(client: Client, job: JobReference, sha256: string): Promise<void> {
  const workflowId = playbackWorkflowId(job.tenant, sha256);
  const none = (cause: unknown): Error =>
    new NoRecordingError(
      `nothing of job ${job.jobId} can be played: the workflow ${workflowId} says why`,
      { cause },
    );
  const earlier = await lastFailure(client, workflowId);
  if (earlier !== null && isFinal(earlier)) throw none(earlier);
  const handle = await client.workflow.start<(job: JobReference) => Promise<void>>(
    WORKFLOWS.playback,
    {
      workflowId,
      taskQueue: TASK_QUEUES.pipeline,
      args: [job],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowExecutionTimeout: EXECUTION_TIMEOUT,
      typedSearchAttributes: [{ key: TENANT_KEY, value: job.tenant }],
      priority: { fairnessKey: job.tenant },
      staticSummary: 'a copy of a recording that browsers play',
    },
  );
  try {
    await handle.result();
  } catch (error) {
    throw error instanceof WorkflowFailedError ? none(error) : error;
  }
}

/** Of the latest run, as long as Temporal keeps it; null: it has not failed, or there is none. */
async function lastFailure(
  client: Client,
  workflowId: string,
): Promise<WorkflowFailedError | null> {
  if ((await workflowStatus(client, workflowId))?.status !== 'failed') return null;
  try {
    await client.workflow.getHandle(workflowId).result();
  } catch (error) {
    if (error instanceof WorkflowFailedError) return error;
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return null;
}

/** It is about the recording, and not about the machine: the next run would fail in the same way. */
function isFinal({ cause }: WorkflowFailedError): boolean {
  for (let one: unknown = cause; one instanceof Error; one = one.cause) {
    if ('type' in one && UNPLAYABLE.has(String(one.type))) return true;
  }
  return false;
}

/** Names of errors, as activities throw them. */
const UNPLAYABLE: ReadonlySet<string> = new Set(['UnreadableAudioError', 'UnusableRecordingError']);

/** Nobody waits for it that long. */
const EXECUTION_TIMEOUT = '1 day';

class NoRecordingError extends Error {
  override readonly name = 'NoRecordingError';
}
