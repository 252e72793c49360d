import { WORKER_ARGUMENTS, WORKER_ENVIRONMENT } from '../workers/worker-process.ts';
import { answersOk } from './answers-ok.ts';
import type { StartingStack } from './stack.ts';

/**
 * Starts the worker on the stack, and again whenever it ends by itself, so that a killed worker only delays jobs. Throws
 * when the first start fails.
 */
export async function keepWorker(
  stack: StartingStack,
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  log('worker is starting');
  const worker = await stack.supervisor.start({
    name: 'worker',
    command: process.execPath,
    arguments: [...WORKER_ARGUMENTS],
    // So that Ctrl-C ends soon: 10 s for running calls, and 10 s more until they are in doubt.
    environment: { ...WORKER_ENVIRONMENT, ...environment, HANSARD_SHUTDOWN_GRACE: '10' },
    workingFolder: stack.clone,
    isReady: () => answersOk(`http://127.0.0.1:${stack.ports.health}/readyz`),
    stopWithinMs: 30_000,
  });
  log('worker is up');
  void worker.ended.then(async ({ code, signal }) => {
    if (stack.supervisor.isStopping()) return;
    log(`the worker ended (${signal ?? `exit code ${code}`}); starting it again`);
    await keepWorker(stack, environment, log).catch((error: unknown) =>
      log(
        `the worker cannot be started: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  });
}
