import { join } from 'node:path';
import { answersOk } from '../answers-ok.ts';
import type { PartContext } from './part-context.ts';

/** Starts Temporal's development server with its UI. `hansard migrate` registers the search attributes. */
export async function startTemporal(
  { supervisor, directory, durable, ports }: PartContext,
  temporalCli: string,
) {
  const uiUrl = `http://127.0.0.1:${ports.temporalUi}`;
  const network = ['--ip', '127.0.0.1', '--port', String(ports.temporal)];
  // Without a file it keeps everything in memory.
  const storage = durable ? ['--db-filename', join(directory, 'temporal.db')] : [];
  const flags = [...network, '--ui-port', String(ports.temporalUi), ...storage];
  await supervisor.start({
    name: 'temporal',
    command: temporalCli,
    arguments: ['server', 'start-dev', '--log-level', 'warn', ...flags],
    // The UI asks the server for this, so both are up and the namespace exists.
    isReady: () => answersOk(`${uiUrl}/api/v1/namespaces/default`),
  });
  return { address: `127.0.0.1:${ports.temporal}`, uiUrl, namespace: 'default' };
}
