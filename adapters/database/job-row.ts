import type { Selectable } from 'kysely';
import type { JobTable } from './create-database.ts';

/** A row of the library; it outlives Temporal's retention. Meeting content (title, text) stays inside Postgres. */
export type JobRow = Pick<Selectable<JobTable>, (typeof COLUMNS)[number]>;

/** All but the text for the search, which can be long. */
export const COLUMNS = [
  'tenant',
  'id',
  'kind',
  'workflowId',
  'runId',
  'status',
  'result',
  'failure',
  'failureMessage',
  'title',
  'meetingDate',
  'language',
  'durationSeconds',
  'sourceSha256',
  'sourceName',
  'minutesKey',
  'degradations',
  'approval',
  'createdAt',
  'startedAt',
  'endedAt',
] as const satisfies readonly (keyof JobTable)[];
