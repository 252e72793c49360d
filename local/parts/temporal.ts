import { join } from 'node:path';
import { answersOk } from '../answers-ok.ts';
import type { Supervisor } from '../supervisor.ts';

export interface TemporalFacts {
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
}

export interface TemporalOptions {
  readonly supervisor: Supervisor;
  readonly temporalCli: string;
  readonly directory: string;
  readonly port: number;
  readonly uiPort: number;
  /** False keeps everything in memory. */
  readonly durable: boolean;
}

/** Starts Temporal's development server with its UI. `hansard migrate` registers the search attributes. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalFacts> {
  const uiUrl = `http://127.0.0.1:${options.uiPort}`;
  await options.supervisor.start({
    name: 'temporal',
    command: options.temporalCli,
    arguments: [
      'server',
      'start-dev',
      '--log-level',
      'warn',
      '--ip',
      '127.0.0.1',
      '--port',
      String(options.port),
      '--ui-port',
      String(options.uiPort),
      ...(options.durable ? ['--db-filename', join(options.directory, 'temporal.db')] : []),
    ],
    // The UI asks the server for this, so both are up and the namespace exists.
    isReady: () => answersOk(`${uiUrl}/api/v1/namespaces/default`),
  });
  return { address: `127.0.0.1:${options.port}`, uiUrl, namespace: 'default' };
}
