/** Workflow functions only: Temporal registers every function exported here as a workflow. */
export { approval } from './approval.ts';
export { delivery } from './delivery/delivery.ts';
export { minutes } from './minutes/minutes.ts';
export { playback } from './playback.ts';
export { revise } from './revise.ts';
export { sweep } from './sweep.ts';
export { warmModels } from './warm-models.ts';
