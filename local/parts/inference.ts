import { join } from 'node:path';
import type { Supervisor } from '../supervisor.ts';

export interface InferenceOptions {
  readonly supervisor: Supervisor;
  readonly port: number;
  readonly whisperModel: string;
  readonly python: string;
  /** Enables `PUT /local/faults`. */
  readonly faults: boolean;
}

/** Starts the small inference server that speaks Hugging Face's wire formats over real models. */
export async function startInference(options: InferenceOptions): Promise<{ readonly url: string }> {
  const url = `http://127.0.0.1:${options.port}`;
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
      // The weights are on disk; no library may contact the hub.
      HF_HUB_OFFLINE: '1',
    },
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  return { url };
}
