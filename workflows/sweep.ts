import { proxyActivities } from '@temporalio/workflow';
import type { Activities, SweptFacts } from './contracts/activities.ts';
import * as policies from './policies.ts';

const { sweepAbandoned } = proxyActivities<Activities>(policies.io);

/** Clears what terminated runs leave behind: claims, open rows, scratch. */
export async function sweep(): Promise<SweptFacts> {
  return await sweepAbandoned();
}
