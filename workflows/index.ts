/** The workflow functions and nothing else: every function exported here becomes a workflow. */
export { minutes } from './minutes/minutes.ts';
export { sweep } from './sweep.ts';
export { warmModels } from './warm-models.ts';
