/*
 * Real small models behind the wire formats of Hugging Face, for the stack on one machine and its tests.
 * Prints one line, `{"url":"http://127.0.0.1:PORT"}`, once it answers; ends on SIGTERM and SIGINT.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parseInferenceServerConfig, type InferenceServerConfig } from './config.ts';
import { createFaults } from './faults.ts';
import { createFileStore } from './file-store.ts';
import { createManagedEndpoints } from './managed-endpoints.ts';
import { loadNsfwClassifier } from './models/nsfw-classifier.ts';
import { createScriptedTranscriber } from './models/scripted-transcriber.ts';
import type { Transcriber } from './models/transcriber.ts';
import { startWhisper } from './models/whisper.ts';
import { createRoutes } from './routes/create-routes.ts';
import { endpointControl } from './routes/endpoints.ts';
import { faultRoutes, health, showStatistics } from './routes/local.ts';
import { createInferenceServer } from './server.ts';
import { createStatistics } from './statistics.ts';

/** Time for answers under way after SIGTERM: Whisper takes some 10 seconds for its longest chunk on a busy machine. */
const GRACE_MS = 30_000;

async function main(): Promise<void> {
  // nsfwjs announces its model there, and stdout belongs to the one line that names the URL.
  console.info = console.error;
  const config = parseInferenceServerConfig(process.env, process.argv.slice(2));
  // Side by side: each takes seconds.
  const [transcriber, classifier] = await Promise.all([
    createTranscriber(config),
    loadNsfwClassifier(),
  ]);
  const statistics = createStatistics();
  const faults = config.faults ? createFaults() : null;
  const endpoints = createManagedEndpoints({ startMs: config.endpointStartMs });
  endpoints.create('whisper', 'openai/whisper-base', 'scaledToZero');
  endpoints.create('summary', 'hansard/extractive-v1', 'scaledToZero');
  const stopping = new AbortController();
  const server = createInferenceServer({
    routes: [
      ...createRoutes({
        transcriber,
        classifier,
        files: createFileStore(),
        endpoints,
        queueDelayMs: config.queueDelayMs,
        requireToken: config.requireToken,
      }),
      health,
      showStatistics(statistics),
      ...(faults === null ? [] : [...faultRoutes(faults), endpointControl(endpoints)]),
    ],
    statistics,
    faults,
    requireToken: config.requireToken,
    stopping: stopping.signal,
  });
  server.listen(config.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${address.port}` })}\n`);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  stopping.abort();
  await stop(server);
  await transcriber.close();
}

function createTranscriber(config: InferenceServerConfig): Promise<Transcriber> {
  if (config.whisper !== null) return startWhisper(config.whisper);
  return Promise.resolve(createScriptedTranscriber(config.scripted ?? { latencyMs: 0 }));
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await Promise.race([closed, delay(GRACE_MS)]);
  server.closeAllConnections();
  await closed;
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
