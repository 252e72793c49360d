import type { Activities } from '../workflows/contracts/activities.ts';
import { adoptEarlierSummary } from './summary/adopt-earlier-summary.ts';
import { assembleTranscript } from './transcript/assemble-transcript.ts';
import { assessPicture } from './picture/assess-picture.ts';
import { closeJob } from './job/close-job.ts';
import { closeWindow } from './recording/close-window.ts';
import { concludeSummary } from './summary/conclude-summary.ts';
import { cutSections } from './summary/cut-sections.ts';
import type { Dependencies } from './dependencies.ts';
import { drawPicture } from './picture/draw-picture.ts';
import { ensureEndpointReady } from './paid/ensure-endpoint-ready.ts';
import { lookUpChunks } from './recording/look-up-chunks.ts';
import { moderatePicture } from './picture/moderate-picture.ts';
import { planReduction } from './summary/plan-reduction.ts';
import { prepareRecording } from './recording/prepare-recording.ts';
import { publishMinutes } from './minutes/publish-minutes.ts';
import { publishPicture } from './picture/publish-picture.ts';
import { renderMinutes } from './minutes/render-minutes.ts';
import { startJob } from './job/start-job.ts';
import { reduceSummaries, summarizeSection } from './summary/summarize.ts';
import { sweepAbandoned } from './job/sweep-abandoned.ts';
import { transcribeChunk } from './recording/transcribe-chunk.ts';
import { warmTarget } from './paid/warm-target.ts';

import { withHeartbeat } from './with-heartbeat.ts';

export type { Dependencies } from './dependencies.ts';

/** Dependencies in, activities out. It does not compile when port and implementation differ. */
export const createActivities = (deps: Dependencies): Activities => ({
  startJob: alive(startJob(deps)),
  lookUpChunks: alive(lookUpChunks(deps)),
  closeWindow: alive(closeWindow(deps)),
  assembleTranscript: alive(assembleTranscript(deps)),
  cutSections: alive(cutSections(deps)),
  planReduction: alive(planReduction(deps)),
  adoptEarlierSummary: alive(adoptEarlierSummary(deps)),
  concludeSummary: alive(concludeSummary(deps)),
  renderMinutes: alive(renderMinutes(deps)),
  publishMinutes: alive(publishMinutes(deps)),
  closeJob: alive(closeJob(deps)),
  sweepAbandoned: sweepAbandoned(deps),
  ensureEndpointReady: ensureEndpointReady(deps),

  prepareRecording: prepareRecording(deps),
  assessPicture: alive(assessPicture(deps)),
  publishPicture: alive(publishPicture(deps)),

  transcribeChunk: transcribeChunk(deps),
  summarizeSection: summarizeSection(deps),
  reduceSummaries: reduceSummaries(deps),
  drawPicture: drawPicture(deps),
  moderatePicture: moderatePicture(deps),
  warmTarget: warmTarget(deps),
});

/** For activities that hear no cancellation: short, and without them a dead worker would go unseen. */
function alive<In, Out>(activity: (input: In) => Promise<Out>): (input: In) => Promise<Out> {
  return (input) => withHeartbeat(() => activity(input));
}
