import { ApplicationFailure, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type {
  EndpointActivities,
  IoActivities,
  MediaActivities,
  PaidActivities,
  WebhookActivities,
} from './contracts/activities.ts';
import { FAILURES } from './contracts/failures.ts';
import { paidQueue } from './contracts/names.ts';
import { payloadTooLarge } from './contracts/payload-limit.ts';
import * as policies from './policies.ts';

/** Activities bound to their queue and policy. Each proxy has the type of its queue: a wrong call does not compile. */
export const io = bounded(proxyActivities<IoActivities>(policies.io));
export const endpoint = bounded(proxyActivities<EndpointActivities>(policies.endpoint));
export const media = bounded(
  proxyActivities<Pick<MediaActivities, 'prepareRecording'>>(policies.prepare),
);
/** Somebody waits to hear it, and asks again. */
export const playable = bounded(
  proxyActivities<Pick<MediaActivities, 'storeHeard'>>(policies.playback),
);
/** What takes long for a long recording. */
export const wholeRecording = bounded(
  proxyActivities<Pick<IoActivities, 'assembleTranscript' | 'importTranscript'>>(
    policies.wholeRecording,
  ),
);
/** A person waits for these: what lies in our code or in the change is told at once. */
export const revision = bounded(
  proxyActivities<
    Pick<IoActivities, 'startRevision' | 'countSummaryCalls' | 'renderRevision' | 'publishRevision'>
  >(policies.laterWholeRecording),
);
export const waiting = bounded(
  proxyActivities<Pick<IoActivities, 'lookAtApproval' | 'remindOfApproval'>>(policies.approval),
);
export const webhooks = bounded(proxyActivities<WebhookActivities>(policies.webhooks));
/** Of the stages that a job can do without. */
export const later = {
  io: bounded(proxyActivities<IoActivities>(policies.laterIo)),
  wholeRecording: bounded(
    proxyActivities<
      Pick<
        IoActivities,
        'cutAhead' | 'cutSections' | 'planReduction' | 'concludeSummary' | 'renderMinutes'
      >
    >(policies.laterWholeRecording),
  ),
  media: bounded(proxyActivities<MediaActivities>(policies.laterMedia)),
};

/** Paid activities on the queue of one target; `summary` labels the call in the Temporal UI. */
export const paid = {
  transcribe: onQueueOf<'transcribeChunk'>(policies.transcribe),
  diarize: (target: { readonly name: string }, durationSeconds: number) =>
    onQueueOf<'diarizeRecording'>(policies.diarize(durationSeconds))(target, 'who spoke'),
  summarize: onQueueOf<'summarizeSection' | 'reduceSummaries'>(policies.summarize),
  illustrate: onQueueOf<'drawPicture'>(policies.illustrate),
  moderate: onQueueOf<'moderatePicture'>(policies.moderate),
  warm: onQueueOf<'warmTarget'>(policies.warm),
};

function onQueueOf<K extends keyof PaidActivities>(policy: ActivityOptions) {
  return ({ name }: { readonly name: string }, summary: string) =>
    bounded(
      proxyActivities<Pick<PaidActivities, K>>({ ...policy, taskQueue: paidQueue(name), summary }),
    );
}

/** Fails a call whose input is too long, where Temporal would terminate the run: the workflow can still close its job. */
function bounded<A extends object>(activities: A): A {
  return new Proxy(activities, {
    get: (target, name) => {
      const activity: unknown = Reflect.get(target, name);
      if (typeof activity !== 'function') return activity;
      return (input: unknown): unknown => {
        const fault = payloadTooLarge(`the input of ${String(name)}`, input);
        return fault === null
          ? Reflect.apply(activity, undefined, [input])
          : Promise.reject(ApplicationFailure.nonRetryable(fault, FAILURES.PayloadTooLarge));
      };
    },
  });
}
