import { parseArgs } from 'node:util';
import { z } from 'zod';

export interface InferenceServerConfig {
  /** 0: any free port. */
  readonly port: number;
  readonly whisper: { readonly python: string; readonly modelFolder: string } | null;
  readonly scripted: { readonly latencyMs: number } | null;
  readonly faults: boolean;
  /** From submission until queued work is done. */
  readonly queueDelayMs: number;
  /** From the start of an Inference Endpoint until it runs. */
  readonly endpointStartMs: number;
  /** The only bearer token that is let in; null: any or none. */
  readonly requireToken: string | null;
}

const usage =
  'usage: node local/inference-server/main.ts [--faults] [--require-token TOKEN] [--queue-delay-ms N] [--endpoint-start-ms N] [--scripted-transcriber [--latency-ms N]]';

/** Long enough that a client has to ask twice, short enough for tests. */
const QUEUE_DELAY_MS = 200;
/** Minutes in reality. */
const ENDPOINT_START_MS = 1500;

const environmentSchema = z.object({
  HANSARD_PORT_INFERENCE: z.coerce.number().int().min(0).max(65_535).default(8484),
  HANSARD_WHISPER_MODEL: z.string().min(1).optional(),
  HANSARD_PYTHON: z.string().min(1).optional(),
});

/** Throws an error whose message names the variable or the flag and what to do. */
export function parseInferenceServerConfig(
  environment: Readonly<Record<string, string | undefined>>,
  commandLine: readonly string[],
): InferenceServerConfig {
  const variables = parseEnvironment(environment);
  const { values: flags } = parseArgs({
    args: [...commandLine],
    options: {
      faults: { type: 'boolean', default: false },
      'require-token': { type: 'string' },
      'scripted-transcriber': { type: 'boolean', default: false },
      'latency-ms': { type: 'string' },
      'queue-delay-ms': { type: 'string' },
      'endpoint-start-ms': { type: 'string' },
    },
  });
  const common = {
    port: variables.HANSARD_PORT_INFERENCE,
    faults: flags.faults,
    requireToken: flags['require-token'] ?? null,
    queueDelayMs: readMilliseconds('queue-delay-ms', flags['queue-delay-ms'], QUEUE_DELAY_MS),
    endpointStartMs: readMilliseconds(
      'endpoint-start-ms',
      flags['endpoint-start-ms'],
      ENDPOINT_START_MS,
    ),
  };
  const latency = flags['latency-ms'];
  if (flags['scripted-transcriber']) {
    const latencyMs = readMilliseconds('latency-ms', latency, 0);
    return { ...common, whisper: null, scripted: { latencyMs } };
  }
  if (latency !== undefined) {
    throw new Error(`--latency-ms needs --scripted-transcriber. ${usage}`);
  }
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
  return { ...common, whisper: { python, modelFolder }, scripted: null };
}

function readMilliseconds(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const milliseconds = Number(text);
  if (text !== '' && Number.isInteger(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new Error(`--${flag} ${text} is not a whole number of milliseconds. ${usage}`);
}

function parseEnvironment(environment: Readonly<Record<string, string | undefined>>) {
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error));
}
