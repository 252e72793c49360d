import { playable } from './activities.ts';
import type { JobReference } from './contracts/jobs.ts';

/** Makes what browsers play of a recording. Of one recording there is one such run at a time. */
export async function playback(job: JobReference): Promise<void> {
  await playable.storeHeard(job);
}
