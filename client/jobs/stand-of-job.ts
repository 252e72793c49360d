import { isPolled } from '../../adapters/temporal/worker-presence.ts';
import { TASK_QUEUES } from '../../workflows/contracts/names.ts';
import type { ServiceConnections } from '../service-connections.ts';
import type { SubmittedJob } from './submit-job.ts';

/** What whoever has submitted a job is told besides. */
export interface StandOfJob {
  /** The job exists already, and its minutes are there. */
  readonly isComplete: boolean;
  /** The job has started, and no worker is running. */
  readonly waitsForWorker: boolean;
}

export async function standOfJob(
  { id, reused }: SubmittedJob,
  tenant: string,
  { library, temporal }: Pick<ServiceConnections, 'library' | 'temporal'>,
): Promise<StandOfJob> {
  if (reused) {
    const row = await (await library()).find(tenant, id);
    return { isComplete: row?.status === 'completed', waitsForWorker: false };
  }
  // The job has started: an error here must not make the submission fail.
  const isServed = await isPolled(await temporal(), TASK_QUEUES.pipeline).catch(() => true);
  return { isComplete: false, waitsForWorker: !isServed };
}
