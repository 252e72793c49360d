import type { Activities } from '../workflows/contracts/activities.ts';
import { lookAtApproval, remindOfApproval } from './approval/look-at-approval.ts';
import { adoptEarlierSummary } from './summary/adopt-earlier-summary.ts';
import { closeJob } from './job/close-job.ts';
import { closeWindow } from './recording/close-window.ts';
import { countSummaryCalls } from './summary/count-summary-calls.ts';
import { cutSections } from './summary/cut-sections.ts';
import { postWebhook } from './delivery/post-webhook.ts';
import type { Dependencies } from './dependencies.ts';
import { ensureEndpointReady } from './paid/ensure-endpoint-ready.ts';
import { keepAnswers } from './summary/keep-answers.ts';
import { lookUpChunks } from './recording/look-up-chunks.ts';
import { lookForWorker } from './paid/look-for-worker.ts';
import { planReduction } from './summary/plan-reduction.ts';
import { publishMinutes } from './minutes/publish-minutes.ts';
import { closeRevision } from './revision/close-revision.ts';
import { publishRevision } from './revision/publish-revision.ts';
import { startRevision } from './revision/start-revision.ts';
import { startJob } from './job/start-job.ts';
import { sweepAbandoned } from './job/sweep-abandoned.ts';
import { reduceSummaries, summarizeSection } from './summary/summarize.ts';
import { diarizeRecording } from './recording/diarize-recording.ts';
import { transcribeChunk } from './recording/transcribe-chunk.ts';
import { warmTarget } from './paid/warm-target.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** The implementation of the port: it does not compile if the two differ. */
export const createActivities = (deps: Dependencies): Activities => ({
  startJob: heartbeating(startJob(deps)),
  lookUpChunks: heartbeating(lookUpChunks(deps)),
  closeWindow: heartbeating(closeWindow(deps)),
  assembleTranscript: heartbeating(
    onFirstCall(async () =>
      (await import('./transcript/assemble-transcript.ts')).assembleTranscript(deps),
    ),
  ),
  importTranscript: heartbeating(
    onFirstCall(async () =>
      (await import('./transcript/import-transcript.ts')).importTranscript(deps),
    ),
  ),
  cutAhead: heartbeating(
    onFirstCall(async () => (await import('./summary/cut-ahead.ts')).cutAhead(deps)),
  ),
  cutSections: heartbeating(cutSections(deps)),
  keepAnswers: heartbeating(keepAnswers(deps)),
  planReduction: heartbeating(planReduction(deps)),
  adoptEarlierSummary: heartbeating(adoptEarlierSummary(deps)),
  concludeSummary: heartbeating(
    onFirstCall(async () => (await import('./summary/conclude-summary.ts')).concludeSummary(deps)),
  ),
  renderMinutes: onFirstCall(async () =>
    (await import('./minutes/render-minutes.ts')).renderMinutes(deps),
  ),
  publishMinutes: heartbeating(publishMinutes(deps)),
  startRevision: heartbeating(startRevision(deps)),
  countSummaryCalls: heartbeating(countSummaryCalls(deps)),
  renderRevision: onFirstCall(async () =>
    (await import('./revision/render-revision.ts')).renderRevision(deps),
  ),
  publishRevision: heartbeating(publishRevision(deps)),
  closeRevision: heartbeating(closeRevision(deps)),
  lookAtApproval: heartbeating(lookAtApproval(deps)),
  remindOfApproval: heartbeating(remindOfApproval(deps)),
  lookForWorker: heartbeating(lookForWorker(deps)),
  closeJob: heartbeating(closeJob(deps)),
  sweepAbandoned: sweepAbandoned(deps),
  postWebhook: postWebhook(deps),
  ensureEndpointReady: ensureEndpointReady(deps),

  prepareRecording: onFirstCall(async () =>
    (await import('./recording/prepare-recording.ts')).prepareRecording(deps),
  ),
  storeHeard: onFirstCall(async () =>
    (await import('./recording/store-heard.ts')).storeHeard(deps),
  ),
  assessPicture: heartbeating(
    onFirstCall(async () => (await import('./picture/draw-picture.ts')).assessPicture(deps)),
  ),
  publishPicture: heartbeating(
    onFirstCall(async () => (await import('./picture/publish-picture.ts')).publishPicture(deps)),
  ),

  transcribeChunk: transcribeChunk(deps),
  diarizeRecording: diarizeRecording(deps),
  summarizeSection: summarizeSection(deps),
  reduceSummaries: reduceSummaries(deps),
  drawPicture: onFirstCall(async () =>
    (await import('./picture/draw-picture.ts')).drawPicture(deps),
  ),
  moderatePicture: onFirstCall(async () =>
    (await import('./picture/moderate-picture.ts')).moderatePicture(deps),
  ),
  warmTarget: warmTarget(deps),
});

/** Adds heartbeats to short activities that ignore cancellation, so that the death of a worker is noticed. */
function heartbeating<In, Out>(activity: (input: In) => Promise<Out>): (input: In) => Promise<Out> {
  return (input) => withHeartbeat(() => activity(input));
}

/**
 * Loads an activity when it is first called. For those whose libraries are large (voice and language detection, dates,
 * pictures): a worker that is not asked for them does not hold them in memory.
 */
function onFirstCall<In, Out>(
  load: () => Promise<(input: In) => Promise<Out>>,
): (input: In) => Promise<Out> {
  let loaded: Promise<(input: In) => Promise<Out>> | undefined;
  return async (input) => (await (loaded ??= load()))(input);
}
