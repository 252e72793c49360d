import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../contracts/activities.ts';
import { paidQueue } from '../contracts/names.ts';
import type { RecordedTarget } from '../contracts/targets.ts';
import * as policies from '../policies.ts';

export const io = proxyActivities<Activities>(policies.io);
export const endpoint = proxyActivities<Activities>(policies.endpoint);
export const media = proxyActivities<Activities>(policies.media);

/** The paid activities, bound to the queue of one target, with the words that label the row in the UI. */
export const paid = {
  transcribe: (target: RecordedTarget, summary: string) =>
    proxyActivities<Activities>({ ...policies.transcribe, ...onQueueOf(target), summary }),
  summarize: (target: RecordedTarget, summary: string) =>
    proxyActivities<Activities>({ ...policies.summarize, ...onQueueOf(target), summary }),
  illustrate: (target: RecordedTarget, summary: string) =>
    proxyActivities<Activities>({ ...policies.illustrate, ...onQueueOf(target), summary }),
  moderate: (target: RecordedTarget, summary: string) =>
    proxyActivities<Activities>({ ...policies.moderate, ...onQueueOf(target), summary }),
};

const onQueueOf = (target: RecordedTarget) => ({ taskQueue: paidQueue(target.name) });
