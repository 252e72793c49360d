import { sql, type Selectable } from 'kysely';
import type { Database, LedgerEntryTable } from './create-database.ts';

const COLUMNS = [
  'jobId',
  'workKey',
  'callKey',
  'ordinal',
  'target',
  'model',
  'state',
  'verdict',
  'inputTokens',
  'outputTokens',
  'audioSeconds',
  'images',
  'computeSeconds',
  'nanoDollars',
  'createdAt',
  'settledAt',
] as const satisfies readonly (keyof LedgerEntryTable)[];

/** A row of the ledger: one try of one call. */
export type LedgerTry = Pick<Selectable<LedgerEntryTable>, (typeof COLUMNS)[number]>;

/**
 * Every try of some pieces of work, in the order of time: those of the job, and those of the jobs that paid for these
 * answers, at any target. By indexes on job and call key; there is none on the work key.
 */
export async function ledgerTries(
  db: Database,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
  asked: { readonly callKeys: readonly string[]; readonly workKeys: readonly string[] },
): Promise<LedgerTry[]> {
  if (asked.callKeys.length === 0) return [];
  const rows = db.selectFrom('ledgerEntry').where('tenant', '=', tenant);
  const payers = await rows
    .select('jobId')
    .distinct()
    // One parameter, however many there are.
    .where(sql<boolean>`call_key = any(${asked.callKeys})`)
    .execute();
  return await rows
    .select(COLUMNS)
    .where(sql<boolean>`job_id = any(${[jobId, ...payers.map((payer) => payer.jobId)]})`)
    .where(sql<boolean>`work_key = any(${asked.workKeys})`)
    .orderBy('createdAt')
    .orderBy('ordinal')
    .execute();
}
