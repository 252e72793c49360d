import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Decision } from '../../workflows/contracts/approval.ts';
import { digestsRead } from './digests-read.ts';
import { requireShown } from './of-version.ts';

/** What a person decides, before it is known which files that is about. */
export type WantedDecision =
  Exclude<Decision, { readonly kind: 'approve' }> | { readonly kind: 'approve' };

/**
 * The decision on the version that a person read, which has to be the one that the job shows. Throws the errors of
 * `requireShown`.
 *
 * @param version as typed; undefined: whichever is shown
 */
export async function decide(
  row: JobRow,
  wanted: WantedDecision,
  version: string | undefined,
  {
    library,
    store,
  }: { readonly library: Pick<JobLibrary, 'versions'>; readonly store: ObjectStore },
): Promise<Decision> {
  const shown = await requireShown(row, version, library);
  return wanted.kind === 'approve'
    ? { kind: 'approve', ...(await digestsRead(shown, store)) }
    : wanted;
}
