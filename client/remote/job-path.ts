import type { JobName } from '../back-end.ts';
import { parseReference } from '../jobs/find-job.ts';

/** The address of a job below `/api`. The key says the tenant. Throws `JobReferenceError`. */
export const jobPath = ({ reference }: JobName, below = ''): string =>
  `/jobs/${parseReference(reference)}${below}`;
