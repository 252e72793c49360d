import { parentPort } from 'node:worker_threads';
import type { PlanningTask, ThreadMessage } from './plan-recording.ts';
import { planSamples } from './plan-samples.ts';
import { createVoiceRater } from './rate-voice.ts';

// The thread that `startPlanner` starts: it loads the model, waits for a recording, and ends when that is planned.
if (parentPort === null) throw new Error('this module runs in a thread');
const asked = Promise.withResolvers<PlanningTask>();
parentPort.once('message', asked.resolve);
const rater = await createVoiceRater();

function tell(message: ThreadMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(message);
}

tell({ plan: await planSamples(await asked.promise, rater, tell) });
