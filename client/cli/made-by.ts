import type { JobVersion } from '../../adapters/database/job-library.ts';

/** `a run of the job`, `Eve: edited, from version 3`, `Ann: returned, from version 2`. */
export const madeBy = ({
  kind,
  base,
  author,
  approval,
}: Pick<JobVersion, 'kind' | 'base' | 'author' | 'approval'>): string => {
  if (kind === null) return 'a run of the job';
  const what =
    kind === 'approval'
      ? approval === null
        ? 'decided'
        : DECISIONS[approval.state]
      : CHANGES[kind];
  return `${author ?? 'somebody'}: ${what}, from version ${base}`;
};

const CHANGES = {
  rename: 'renamed a speaker',
  join: 'joined two speakers',
  edit: 'edited',
  resummarize: 'summarised anew',
} as const;

/** By what became of the version that was decided on. */
const DECISIONS = { draft: 'delegated', returned: 'returned', approved: 'approved' } as const;
