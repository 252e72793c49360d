import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type {
  EndpointActivities,
  IoActivities,
  MediaActivities,
  PaidActivities,
} from './contracts/activities.ts';
import { paidQueue } from './contracts/names.ts';
import * as policies from './policies.ts';

/** Activities bound to their queue and policy. Each proxy has the type of its queue: a wrong call does not compile. */
export const io = proxyActivities<IoActivities>(policies.io);
export const endpoint = proxyActivities<EndpointActivities>(policies.endpoint);
export const media = proxyActivities<MediaActivities>(policies.media);
/** Of the stages that a job can do without. */
export const later = {
  io: proxyActivities<IoActivities>(policies.laterIo),
  media: proxyActivities<MediaActivities>(policies.laterMedia),
};

/** Paid activities on the queue of one target; `summary` labels the call in the Temporal UI. */
export const paid = {
  transcribe: onQueueOf<'transcribeChunk'>(policies.transcribe),
  summarize: onQueueOf<'summarizeSection' | 'reduceSummaries'>(policies.summarize),
  illustrate: onQueueOf<'drawPicture'>(policies.illustrate),
  moderate: onQueueOf<'moderatePicture'>(policies.moderate),
  warm: onQueueOf<'warmTarget'>(policies.warm),
};

function onQueueOf<K extends keyof PaidActivities>(policy: ActivityOptions) {
  return ({ name }: { readonly name: string }, summary: string) =>
    proxyActivities<Pick<PaidActivities, K>>({ ...policy, taskQueue: paidQueue(name), summary });
}
