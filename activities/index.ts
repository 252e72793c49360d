import type { Activities } from '../workflows/contracts/activities.ts';
import { adoptEarlierSummary } from './adopt-earlier-summary.ts';
import { assembleTranscript } from './assemble-transcript.ts';
import { assessPicture } from './assess-picture.ts';
import { closeJob } from './close-job.ts';
import { closeWindow } from './close-window.ts';
import { concludeSummary } from './conclude-summary.ts';
import { cutSections } from './cut-sections.ts';
import type { Dependencies } from './dependencies.ts';
import { drawPicture } from './draw-picture.ts';
import { ensureEndpointReady } from './ensure-endpoint-ready.ts';
import { lookUpChunks } from './look-up-chunks.ts';
import { moderatePicture } from './moderate-picture.ts';
import { planReduction } from './plan-reduction.ts';
import { prepareRecording } from './prepare-recording.ts';
import { publishMinutes } from './publish-minutes.ts';
import { publishPicture } from './publish-picture.ts';
import { reduceSummaries } from './reduce-summaries.ts';
import { renderMinutes } from './render-minutes.ts';
import { startJob } from './start-job.ts';
import { summarizeSection } from './summarize-section.ts';
import { sweepAbandoned } from './sweep-abandoned.ts';
import { transcribeChunk } from './transcribe-chunk.ts';
import { warmTarget } from './warm-target.ts';

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
