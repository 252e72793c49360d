import { join } from 'node:path';
import { compileCache } from '../../adapters/settings/keep-compiled.ts';
import { answersOk } from '../answers-ok.ts';
import type { Tools } from '../provision/provision-all.ts';
import type { PartContext } from './part-context.ts';

/** Starts the small inference server: real models behind Hugging Face's wire formats. */
export async function startInference(
  { supervisor, home, ports, faults }: PartContext,
  { python, whisperModel, speakerModels, languageModel, ffmpeg }: NonNullable<Tools['speech']>,
): Promise<void> {
  const program = join(import.meta.dirname, '..', 'inference-server', 'main.ts');
  await supervisor.start({
    name: 'inference',
    command: process.execPath,
    arguments: [program, ...(faults ? ['--faults'] : [])],
    environment: {
      ...process.env,
      HANSARD_PORT_INFERENCE: String(ports.inference),
      HANSARD_WHISPER_MODEL: whisperModel,
      HANSARD_PYTHON: python,
      ...(speakerModels !== null && { HANSARD_SPEAKER_MODELS: speakerModels }),
      // The user's own may not be what summarises: `--inference` wins.
      HANSARD_GGUF: languageModel?.path,
      HANSARD_LLAMA_RUNTIME: languageModel?.runtime,
      HANSARD_FFMPEG: ffmpeg,
      // The weights are on disk, so libraries need not ask the hub.
      HF_HUB_OFFLINE: '1',
      // Compiling its libraries takes a second.
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? compileCache(home),
    },
    isReady: () => answersOk(`${inferenceUrl(ports)}/health`),
  });
}

/** The route of a dedicated endpoint that tells voices apart, below the server's address. */
export const speakersUrl = (server: string): string => `${server}/toolkit/hansard/speakers-v1`;

/** Where the server is, or will be once its models are loaded. */
export const inferenceUrl = (ports: PartContext['ports']): string =>
  `http://127.0.0.1:${ports.inference}`;
