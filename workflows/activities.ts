import { proxyActivities } from '@temporalio/workflow';
import type {
  EndpointActivities,
  IoActivities,
  MediaActivities,
  PaidActivities,
} from './contracts/activities.ts';
import { paidQueue } from './contracts/names.ts';
import type { RecordedTarget } from './contracts/targets.ts';
import * as policies from './policies.ts';

/** Activities bound to their queue and policy. Each proxy has the type of its queue: a wrong call does not compile. */
export const io = proxyActivities<IoActivities>(policies.io);
export const endpoint = proxyActivities<EndpointActivities>(policies.endpoint);
export const media = proxyActivities<MediaActivities>(policies.media);

/** Paid activities on the queue of one target; `summary` labels the call in the Temporal UI. */
export const paid = {
  transcribe: ({ name }: RecordedTarget, summary: string) =>
    proxyActivities<Pick<PaidActivities, 'transcribeChunk'>>({
      ...policies.transcribe,
      taskQueue: paidQueue(name),
      summary,
    }),
  summarize: ({ name }: RecordedTarget, summary: string) =>
    proxyActivities<Pick<PaidActivities, 'summarizeSection' | 'reduceSummaries'>>({
      ...policies.summarize,
      taskQueue: paidQueue(name),
      summary,
    }),
  illustrate: ({ name }: RecordedTarget, summary: string) =>
    proxyActivities<Pick<PaidActivities, 'drawPicture'>>({
      ...policies.illustrate,
      taskQueue: paidQueue(name),
      summary,
    }),
  moderate: ({ name }: RecordedTarget, summary: string) =>
    proxyActivities<Pick<PaidActivities, 'moderatePicture'>>({
      ...policies.moderate,
      taskQueue: paidQueue(name),
      summary,
    }),
  warm: (name: string) =>
    proxyActivities<Pick<PaidActivities, 'warmTarget'>>({
      ...policies.warm,
      taskQueue: paidQueue(name),
      summary: name,
    }),
};
