import { parseWorkerConfig } from '../../workers/config.ts';
import { runWorker } from '../../workers/run-worker.ts';

export interface RefusedWorker {
  readonly said: string;
}

/** A process that starts a worker with the variables of each message, and answers with the error that it ends with. */
process.on('message', (changes: Record<string, string>) => {
  void start({ ...process.env, ...changes }).then((said) => process.send?.({ said }));
});

async function start(env: NodeJS.ProcessEnv): Promise<string> {
  try {
    await runWorker(parseWorkerConfig(env));
    return 'it started, and was stopped';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
