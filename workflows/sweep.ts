import { io } from './activities.ts';
import type { SweptFacts } from './contracts/activities.ts';

/**
 * Clears what terminated runs leave behind: claims, open rows, scratch; and what is kept for a time only, such as uploads
 * that nobody went on with.
 */
export async function sweep(): Promise<SweptFacts> {
  return await io.sweepAbandoned();
}
