import { join } from 'node:path';
import { compileCache } from '../../adapters/settings/keep-compiled.ts';
import { answersOk } from '../answers-ok.ts';
import type { Supervisor } from '../supervisor.ts';

export interface InferenceOptions {
  readonly supervisor: Supervisor;
  /** HANSARD_HOME. */
  readonly home: string;
  readonly port: number;
  readonly whisperModel: string;
  readonly python: string;
  /** Opens `PUT /local/faults`. */
  readonly faults: boolean;
}

/** Starts the small inference server: real models behind Hugging Face's wire formats. */
export async function startInference(options: InferenceOptions): Promise<{ readonly url: string }> {
  const { url } = inferenceFacts(options.port);
  await options.supervisor.start({
    name: 'inference',
    command: process.execPath,
    arguments: [
      join(import.meta.dirname, '..', 'inference-server', 'main.ts'),
      ...(options.faults ? ['--faults'] : []),
    ],
    environment: {
      ...process.env,
      HANSARD_PORT_INFERENCE: String(options.port),
      HANSARD_WHISPER_MODEL: options.whisperModel,
      HANSARD_PYTHON: options.python,
      // The weights are on disk, so libraries need not ask the hub.
      HF_HUB_OFFLINE: '1',
      // Compiling its libraries takes a second.
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? compileCache(options.home),
    },
    isReady: () => answersOk(`${url}/health`),
  });
  return { url };
}

/** Where the server is, or will be once its models are loaded. */
export const inferenceFacts = (port: number): { readonly url: string } => ({
  url: `http://127.0.0.1:${port}`,
});
