import type { JobVersion } from '../../adapters/database/job-library.ts';

/** `a run of the job`, `Eve: edit, from version 3`, `Ann: returned, from version 2`. */
export const madeBy = ({
  kind,
  base,
  author,
  approval,
}: Pick<JobVersion, 'kind' | 'base' | 'author' | 'approval'>): string => {
  if (kind === null) return 'a run of the job';
  const what = kind === 'approval' && approval !== null ? DECISIONS[approval.state] : kind;
  return `${author ?? 'somebody'}: ${what}, from version ${base}`;
};

/** By what became of the version that was decided on. */
const DECISIONS = { draft: 'delegated', returned: 'returned', approved: 'approved' } as const;
