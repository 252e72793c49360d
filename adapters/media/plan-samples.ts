import type { ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';
import { detectVoice, type DetectedVoice } from './detect-voice.ts';
import { ENERGY_FRAME_SAMPLES, frameEnergy } from './frame-energy.ts';
import { settledChunks } from './plan-chunks.ts';
import type { PlanningTask, ThreadMessage } from './plan-recording.ts';
import { planTracks } from './plan-tracks.ts';
import type { VoiceRater } from './rate-voice.ts';

/** Finds the voice in a recording, plans its chunks, and tells how far it is. Takes a core minutes for a long recording. */
export async function planSamples(
  { pcmPath, tellsSettled, ...plan }: PlanningTask,
  rater: VoiceRater,
  tell: (message: Exclude<ThreadMessage, { plan: unknown }>) => void = () => undefined,
): Promise<ChunkPlan> {
  const energies: Float64Array[] = [];
  /** Reads on, up to frame `to`, and gives the energies from the beginning. */
  async function quietnessUntil(to?: number): Promise<Float64Array> {
    const from = energies.reduce((sum, { length }) => sum + length, 0);
    energies.push(await frameEnergy(pcmPath, { from, ...(to !== undefined && { to }) }));
    return joined(energies);
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
  return planTracks({ ...plan, ...voice, quietness: await quietnessUntil() });
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
