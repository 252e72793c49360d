import { parentPort, workerData } from 'node:worker_threads';
import { detectVoice } from './detect-voice.ts';
import { frameEnergy } from './frame-energy.ts';
import { planTracks } from './plan-tracks.ts';
import type { PlanningTask, ThreadMessage } from './plan-recording.ts';

// The thread that `planRecording` starts. It ends when there is nothing left to do.
const task: PlanningTask = workerData;
const { pcmPath, ...plan } = task;

function tell(message: ThreadMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(message);
}

const voice = await detectVoice({ pcmPath, onProgress: (doneSeconds) => tell({ doneSeconds }) });
const quietness = await frameEnergy(pcmPath);
tell({ plan: planTracks({ ...plan, ...voice, quietness }) });
