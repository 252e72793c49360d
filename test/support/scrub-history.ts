import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/**
 * A history in the form that replays (a plain `JSON.stringify` of it does not), without what names a machine: process
 * ids and hosts in identities and sticky queues, folders in stack traces. Replay looks at none of them.
 */
export function scrubHistory(history: History): string {
  const scrubbed: unknown = JSON.parse(historyToJSON(history), (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key === 'identity') return 'worker';
    if (key === 'stackTrace') return '';
    return WORKER_IDENTITY.test(value) ? 'sticky' : value;
  });
  return `${JSON.stringify(scrubbed, null, 1)}\n`;
}

/** `4711@host`, by which the SDK begins an identity and the name of a sticky queue. */
const WORKER_IDENTITY = /^\d+@/;
