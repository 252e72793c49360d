import type { ListedJob } from '../api/answers.ts';

export const STATUS_FILTERS = [
  'submitted',
  'running',
  'waiting',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly ListedJob['status'][];
export type StatusFilter = (typeof STATUS_FILTERS)[number];

export const isStatusFilter = (value: unknown): value is StatusFilter =>
  STATUS_FILTERS.some((status) => status === value);
