import { revision } from './activities.ts';
import type { RenderedRevision, RevisionReference } from './contracts/activities.ts';

/** Makes the next version of a job's minutes with a change that a person asked for, and makes it the job's result. */
export async function revise(change: RevisionReference): Promise<RenderedRevision> {
  const rendered = await revision.renderRevision(change);
  await revision.publishRevision({ ...change, ...rendered });
  return rendered;
}
