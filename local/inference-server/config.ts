import { parseArgs } from 'node:util';
import { z } from 'zod';

const usage =
  'usage: node local/inference-server/main.ts [--host ADDRESS] [--faults] [--require-token TOKEN] [--queue-delay-ms N] [--endpoint-start-ms N] [--scripted-transcriber [--latency-ms N]]';

const environmentSchema = z.object({
  HANSARD_PORT_INFERENCE: z.coerce.number().int().min(0).max(65_535).default(8484),
  HANSARD_WHISPER_MODEL: z.string().min(1).optional(),
  HANSARD_PYTHON: z.string().min(1).optional(),
  HANSARD_SPEAKER_MODELS: z.string().min(1).optional(),
  HANSARD_GGUF: z.string().min(1).optional(),
  HANSARD_LLAMA_RUNTIME: z.string().min(1).optional(),
  HANSARD_FFMPEG: z.string().min(1).default('ffmpeg'),
});

/** Throws an error whose message names the variable or the flag and what to do. */
export function parseInferenceServerConfig(
  environment: Readonly<Record<string, string | undefined>>,
  commandLine: readonly string[],
) {
  const variables = environmentSchema.safeParse(environment);
  if (!variables.success) throw new Error(z.prettifyError(variables.error));
  const { values: flags } = parseArgs({
    args: [...commandLine],
    options: {
      // Other machines, and other containers, reach it only if this says so.
      host: { type: 'string', default: '127.0.0.1' },
      faults: { type: 'boolean', default: false },
      'require-token': { type: 'string' },
      'scripted-transcriber': { type: 'boolean', default: false },
      'latency-ms': { type: 'string' },
      // Long enough that a client has to poll twice, short enough for tests.
      'queue-delay-ms': { type: 'string', default: '200' },
      // Minutes in reality.
      'endpoint-start-ms': { type: 'string', default: '1500' },
    },
  });
  const { 'scripted-transcriber': isScripted, 'latency-ms': latency } = flags;
  if (!isScripted && latency !== undefined) {
    throw new Error(`--latency-ms needs --scripted-transcriber. ${usage}`);
  }
  return {
    /** 0: any free port. */
    port: variables.data.HANSARD_PORT_INFERENCE,
    host: flags.host,
    faults: flags.faults,
    /** The only accepted bearer token; null: any or none. */
    requireToken: flags['require-token'] ?? null,
    /** From submission until queued work is done. */
    queueDelayMs: readMilliseconds('queue-delay-ms', flags['queue-delay-ms']),
    /** From the start of an Inference Endpoint until it runs. */
    endpointStartMs: readMilliseconds('endpoint-start-ms', flags['endpoint-start-ms']),
    scripted: isScripted ? { latencyMs: readMilliseconds('latency-ms', latency ?? '0') } : null,
    whisper: isScripted ? null : requireWhisper(variables.data),
    /** Null: the server does not tell speakers apart. */
    speakers: speakersOf(variables.data),
    /** Null: no language model. */
    languageModel: languageModelOf(variables.data),
  };
}

function requireWhisper(variables: z.infer<typeof environmentSchema>) {
  const { HANSARD_PYTHON: python, HANSARD_WHISPER_MODEL: modelFolder } = variables;
  if (python === undefined) {
    throw new Error(
      'HANSARD_PYTHON is missing. Set it to the Python of a virtual environment that has faster-whisper.',
    );
  }
  if (modelFolder === undefined) {
    throw new Error(
      'HANSARD_WHISPER_MODEL is missing. Set it to the folder of a CTranslate2 Whisper model (model.bin, config.json, tokenizer.json, vocabulary.txt).',
    );
  }
  return { python, modelFolder };
}

function speakersOf(variables: z.infer<typeof environmentSchema>) {
  const { HANSARD_PYTHON: python, HANSARD_SPEAKER_MODELS: modelFolder } = variables;
  if (python === undefined || modelFolder === undefined) return null;
  return { python, modelFolder, ffmpeg: variables.HANSARD_FFMPEG };
}

function languageModelOf(variables: z.infer<typeof environmentSchema>) {
  const { HANSARD_GGUF: path, HANSARD_LLAMA_RUNTIME: runtime } = variables;
  if (path === undefined) return null;
  if (runtime !== undefined) return { path, runtime };
  throw new Error(
    'HANSARD_GGUF needs HANSARD_LLAMA_RUNTIME: the folder in which npm installed node-llama-cpp.',
  );
}

function readMilliseconds(flag: string, text: string): number {
  const milliseconds = Number(text);
  if (text !== '' && Number.isInteger(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new Error(`--${flag} ${text} is not a whole number of milliseconds. ${usage}`);
}
