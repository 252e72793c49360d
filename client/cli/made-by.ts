import type { JobVersions } from '../jobs/read-versions.ts';

/** `a run of the job`, `Eve: edited, from version 3`, `Ann: returned, from version 2`. */
export const madeBy = ({
  kind,
  base,
  by,
  approval,
}: Pick<JobVersions['versions'][number], 'kind' | 'base' | 'by' | 'approval'>): string => {
  if (kind === null) return 'a run of the job';
  const what =
    kind === 'approval' ? (approval === null ? 'decided' : DECISIONS[approval]) : CHANGES[kind];
  return `${by ?? 'somebody'}: ${what}, from version ${base}`;
};

const CHANGES = {
  rename: 'renamed a speaker',
  join: 'joined two speakers',
  edit: 'edited',
  resummarize: 'summarised anew',
} as const;

/** By what became of the version that was decided on. */
const DECISIONS = { draft: 'delegated', returned: 'returned', approved: 'approved' } as const;
