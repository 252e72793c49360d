import { parentPort } from 'node:worker_threads';
import type { ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';
import { detectVoice, type DetectedVoice } from './detect-voice.ts';
import { ENERGY_FRAME_SAMPLES, frameEnergy } from './frame-energy.ts';
import { settledChunks } from './plan-chunks.ts';
import { planTracks } from './plan-tracks.ts';
import { createVoiceRater } from './rate-voice.ts';
import type { PlanningTask, ThreadMessage } from './plan-recording.ts';

// The thread that `startPlanner` starts: it loads the model, waits for a recording, and ends when that is planned.
if (parentPort === null) throw new Error('this module runs in a thread');
const asked = Promise.withResolvers<PlanningTask>();
parentPort.once('message', asked.resolve);
const rater = await createVoiceRater();
const { pcmPath, tellsSettled, ...plan } = await asked.promise;

function tell(message: ThreadMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(message);
}

const energies: Float64Array[] = [];
/** Reads on, up to frame `to`, and gives the energies from the beginning. */
async function quietnessUntil(to?: number): Promise<Float64Array> {
  const from = energies.reduce((sum, { length }) => sum + length, 0);
  energies.push(await frameEnergy(pcmPath, { from, ...(to !== undefined && { to }) }));
  return joined(energies);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function planBeginning(beginning: DetectedVoice): Promise<void> {
  const quietness = await quietnessUntil(Math.floor(beginning.samples / ENERGY_FRAME_SAMPLES));
  const settled = settledChunks(planTracks({ ...plan, ...beginning, quietness }));
  if (settled.length > (plan.before?.length ?? 0)) tell({ settled });
}

const voice = await detectVoice({
  pcmPath,
  rater,
  onProgress: (doneSeconds) => tell({ doneSeconds }),
  onSettled: tellsSettled === true ? planBeginning : undefined,
});
const whole: ChunkPlan = planTracks({ ...plan, ...voice, quietness: await quietnessUntil() });
tell({ plan: whole });
