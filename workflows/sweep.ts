import { io } from './activities.ts';
import type { SweptFacts } from './contracts/activities.ts';

/** Clears what terminated runs leave behind: claims, open rows, scratch. */
export async function sweep(): Promise<SweptFacts> {
  return await io.sweepAbandoned();
}
