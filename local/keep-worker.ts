import { WORKER_ARGUMENTS, WORKER_ENVIRONMENT } from '../workers/worker-process.ts';
import { answersOk } from './answers-ok.ts';
import { keepRunning } from './keep-running.ts';
import type { StartingStack } from './stack.ts';

/** Keeps a worker running on the stack. */
export const keepWorker = async (
  stack: StartingStack,
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> =>
  await keepRunning(
    stack,
    {
      name: 'worker',
      command: process.execPath,
      arguments: [...WORKER_ARGUMENTS],
      // So that Ctrl-C ends soon: 10 s for running calls, and 10 s more until they are in doubt.
      environment: { ...WORKER_ENVIRONMENT, ...environment, HANSARD_SHUTDOWN_GRACE: '10' },
      workingFolder: stack.clone,
      isReady: () => answersOk(`http://127.0.0.1:${stack.ports.health}/readyz`),
      stopWithinMs: 30_000,
    },
    log,
  );
