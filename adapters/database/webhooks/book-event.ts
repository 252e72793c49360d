import { sql } from 'kysely';
import type { Revision } from '../../../workflows/contracts/revision.ts';
import type { WebhookEvent, WebhookPayload } from '../../../workflows/contracts/webhooks.ts';
import type { Database } from '../create-database.ts';
import type { JobRow } from '../job-row.ts';
import { versionIn, type RenderedVersion } from '../job-versions.ts';

/** The row of a job after a change, and the server's time of it. */
export type ChangedJob = JobRow & { readonly at: Date };

/**
 * Books a message to each endpoint that hears of this. It belongs into the transaction that changes the row: so there is
 * one message for a change, and none for a change that did not happen.
 */
export async function bookJobEvent(
  transaction: Database,
  job: ChangedJob,
  type: WebhookEvent,
): Promise<void> {
  await bookMessages(transaction, { tenant: job.tenant, jobId: job.id, payload: told(job, type) });
}

/** Books a message to the enabled endpoints of a tenant that hear of its type. */
async function bookMessages(
  on: Database,
  {
    tenant,
    jobId,
    payload,
  }: { readonly tenant: string; readonly jobId: string; readonly payload: WebhookPayload },
): Promise<void> {
  await sql`
    insert into webhook_delivery (tenant, id, endpoint_id, event, job_id, payload)
    select tenant, ${NEW_ID}, id, ${payload.type}, ${jobId}, ${JSON.stringify(payload)}
    from webhook_endpoint
    where tenant = ${tenant} and disabled_at is null and ${payload.type} = any(events)`.execute(on);
}

/** No word in it says anything: it travels through Temporal, and to others. */
export const NEW_ID = sql<string>`'msg_' || replace(gen_random_uuid()::text, '-', '')`;

export const eventOfEnd = ({ status, result }: Pick<JobRow, 'status' | 'result'>): WebhookEvent => {
  if (status === 'failed' || status === 'cancelled') return `job.${status}`;
  return result === 'partial' ? 'job.partial' : 'job.completed';
};

/** Of a version that a person made. */
export const eventOfRevision = (
  kind: Revision['kind'] | undefined,
  approval: RenderedVersion['approval'],
): WebhookEvent => {
  if (kind !== 'approval' || approval === null) return 'job.revised';
  return approval.state === 'draft' ? 'job.delegated' : `job.${approval.state}`;
};

function told(job: ChangedJob, type: WebhookEvent): WebhookPayload {
  const { tenant, id, status, result, approval, failure, minutesKey } = job;
  const { createdAt, startedAt, endedAt, at } = job;
  return {
    type,
    timestamp: at.toISOString(),
    data: {
      tenant,
      job: {
        id,
        status,
        result,
        version: minutesKey === null ? null : versionIn(minutesKey),
        approval: approval && {
          state: approval.state,
          since: approval.since,
          until: approval.until,
        },
        failure,
        createdAt: createdAt.toISOString(),
        startedAt: startedAt?.toISOString() ?? null,
        endedAt: endedAt?.toISOString() ?? null,
        path: `/api/jobs/${id}`,
      },
    },
  };
}
