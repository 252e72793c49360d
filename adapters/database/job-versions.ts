import { sql, type Selectable } from 'kysely';
import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';
import type { Revision } from '../../workflows/contracts/revision.ts';
import type { Database, JobVersionTable } from './create-database.ts';

/** A version of a job's minutes that can be read. */
export type JobVersion = Omit<Selectable<JobVersionTable>, 'tenant' | 'jobId'>;

/** The rendered files of a version. */
export interface RenderedVersion {
  readonly version: number;
  readonly minutesKey: string;
  readonly result: 'complete' | 'partial';
  /** The change that a person made with it; null: a run made it. */
  readonly revision: Pick<Revision, 'kind' | 'base' | 'by'> | null;
  /** Null: nobody is asked for it. */
  readonly approval: ApprovalFacts | null;
}

/** The number of the next version of a job's outputs, never given twice; null: there is no such job. */
export async function nextVersion(
  db: Database,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
): Promise<number | null> {
  const row = await db
    .updateTable('job')
    .set((job) => ({ versions: sql<number>`${job.ref('versions')} + 1` }))
    .where('tenant', '=', tenant)
    .where('id', '=', jobId)
    .returning('versions')
    .executeTakeFirst();
  return row?.versions ?? null;
}

/** Lists a version among those of its job, once. */
export async function keepVersion(
  db: Database,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
  { version, minutesKey, result, revision, approval }: RenderedVersion,
): Promise<void> {
  const made = revision && { kind: revision.kind, base: revision.base, author: revision.by };
  await db
    .insertInto('jobVersion')
    .values({
      tenant,
      jobId,
      version,
      minutesKey,
      result,
      ...made,
      approval: approvalJson(approval),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * The versions of a job's minutes, the newest first; at most 1,000. The one that is shown is there even if a worker of an
 * earlier version published it, which keeps no list.
 */
export async function listVersions(
  db: Database,
  tenant: string,
  jobId: string,
): Promise<readonly JobVersion[]> {
  const listed = await db
    .selectFrom('jobVersion')
    .select(['version', 'minutesKey', 'result', 'kind', 'base', 'author', 'approval', 'createdAt'])
    .where('tenant', '=', tenant)
    .where('jobId', '=', jobId)
    .orderBy('version', 'desc')
    .limit(1_000)
    .execute();
  const shown = await db
    .selectFrom('job')
    .select(['minutesKey', 'result', 'createdAt', 'endedAt'])
    .where('tenant', '=', tenant)
    .where('id', '=', jobId)
    .executeTakeFirst();
  const { minutesKey = null } = shown ?? {};
  if (minutesKey === null || listed.some((one) => one.minutesKey === minutesKey)) return listed;
  const made = { kind: null, base: null, author: null, approval: null };
  const unlisted = {
    ...made,
    version: versionIn(minutesKey),
    minutesKey,
    result: shown?.result ?? 'partial',
    createdAt: shown?.endedAt ?? shown?.createdAt ?? new Date(),
  };
  return [unlisted, ...listed].toSorted((a, b) => b.version - a.version);
}

/** For a column. */
export const approvalJson = (approval: ApprovalFacts | null): string | null =>
  approval && JSON.stringify(approval);

/** Minutes from before there were versions have no number in their key. */
export const versionIn = (minutesKey: string): number =>
  Number(/\/versions\/(\d+)\//.exec(minutesKey)?.[1] ?? 1);
