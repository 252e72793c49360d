import type { Activities } from '../workflows/contracts/activities.ts';
import { adoptEarlierSummary } from './summary/adopt-earlier-summary.ts';
import { assembleTranscript } from './transcript/assemble-transcript.ts';
import { closeJob } from './job/close-job.ts';
import { closeWindow } from './recording/close-window.ts';
import { concludeSummary } from './summary/conclude-summary.ts';
import { cutSections } from './summary/cut-sections.ts';
import type { Dependencies } from './dependencies.ts';
import { assessPicture, drawPicture } from './picture/draw-picture.ts';
import { ensureEndpointReady } from './paid/ensure-endpoint-ready.ts';
import { lookUpChunks } from './recording/look-up-chunks.ts';
import { moderatePicture } from './picture/moderate-picture.ts';
import { planReduction } from './summary/plan-reduction.ts';
import { prepareRecording } from './recording/prepare-recording.ts';
import { publishMinutes } from './minutes/publish-minutes.ts';
import { publishPicture } from './picture/publish-picture.ts';
import { renderMinutes } from './minutes/render-minutes.ts';
import { startJob } from './job/start-job.ts';
import { sweepAbandoned } from './job/sweep-abandoned.ts';
import { reduceSummaries, summarizeSection } from './summary/summarize.ts';
import { transcribeChunk } from './recording/transcribe-chunk.ts';
import { warmTarget } from './paid/warm-target.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** The implementation of the port: it does not compile if the two differ. */
export const createActivities = (deps: Dependencies): Activities => ({
  startJob: heartbeating(startJob(deps)),
  lookUpChunks: heartbeating(lookUpChunks(deps)),
  closeWindow: heartbeating(closeWindow(deps)),
  assembleTranscript: heartbeating(assembleTranscript(deps)),
  cutSections: heartbeating(cutSections(deps)),
  planReduction: heartbeating(planReduction(deps)),
  adoptEarlierSummary: heartbeating(adoptEarlierSummary(deps)),
  concludeSummary: heartbeating(concludeSummary(deps)),
  renderMinutes: heartbeating(renderMinutes(deps)),
  publishMinutes: heartbeating(publishMinutes(deps)),
  closeJob: heartbeating(closeJob(deps)),
  sweepAbandoned: sweepAbandoned(deps),
  ensureEndpointReady: ensureEndpointReady(deps),

  prepareRecording: prepareRecording(deps),
  assessPicture: heartbeating(assessPicture(deps)),
  publishPicture: heartbeating(publishPicture(deps)),

  transcribeChunk: transcribeChunk(deps),
  summarizeSection: summarizeSection(deps),
  reduceSummaries: reduceSummaries(deps),
  drawPicture: drawPicture(deps),
  moderatePicture: moderatePicture(deps),
  warmTarget: warmTarget(deps),
});

/** Adds heartbeats to short activities that ignore cancellation, so that the death of a worker is noticed. */
function heartbeating<In, Out>(activity: (input: In) => Promise<Out>): (input: In) => Promise<Out> {
  return (input) => withHeartbeat(() => activity(input));
}
