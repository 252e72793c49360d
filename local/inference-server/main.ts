/*
 * Small real models behind the wire formats of Hugging Face, for the stack on one machine and its tests.
 * Prints one line, `{"url":"http://127.0.0.1:PORT"}`, once it answers; ends on SIGTERM and SIGINT.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseInferenceServerConfig } from './config.ts';
import { createFaults } from './faults.ts';
import { createFileStore } from './kept-results.ts';
import { createManagedEndpoints } from './managed-endpoints.ts';
import { startLanguageModel } from './models/gguf/language-model.ts';
import { createNsfwClassifier } from './models/nsfw-classifier.ts';
import { createDiarizer } from './models/speakers/diarizer.ts';
import { createScriptedTranscriber } from './models/scripted-transcriber.ts';
import { startWhisper } from './models/whisper.ts';
import { createInferenceServer } from './server.ts';

/** Time for running calls to finish after SIGTERM: Whisper takes some 10 seconds for its longest chunk on a busy machine. */
const GRACE_MS = 30_000;

async function main(): Promise<void> {
  // nsfwjs announces its model with console.info, and stdout is only for the line with the URL.
  console.info = console.error;
  const config = parseInferenceServerConfig(process.env, process.argv.slice(2));
  const [transcriber, languageModel] = await Promise.all([
    config.whisper === null
      ? createScriptedTranscriber(config.scripted ?? { latencyMs: 0 })
      : startWhisper(config.whisper),
    config.languageModel && startLanguageModel(config.languageModel),
  ]);
  const diarizer = config.speakers && createDiarizer(config.speakers);
  const endpoints = createManagedEndpoints({ startMs: config.endpointStartMs });
  endpoints.create('whisper', 'openai/whisper-base', 'scaledToZero');
  endpoints.create('summary', 'hansard/extractive-v1', 'scaledToZero');
  const app = createInferenceServer({
    transcriber,
    diarizer,
    languageModel,
    classify: createNsfwClassifier(),
    files: createFileStore(),
    endpoints,
    faults: config.faults ? createFaults() : null,
    queueDelayMs: config.queueDelayMs,
    requireToken: config.requireToken,
  });
  const url = await app.listen({ port: config.port, host: config.host });
  process.stdout.write(`${JSON.stringify({ url })}\n`);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const closed = app.close();
  await Promise.race([closed, delay(GRACE_MS)]);
  await Promise.all([diarizer?.close(), languageModel?.close()]);
  app.server.closeAllConnections();
  await closed;
  await transcriber.close();
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
