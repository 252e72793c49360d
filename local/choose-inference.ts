import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkGguf } from './check-gguf.ts';
import { ggufModelId } from './inference-server/models/gguf/model-id.ts';
import { STACK_PARTS, type StackPart } from './stack-facts.ts';

/** The engines of a local run: the parts to start, and the variables of its processes. */
export interface InferenceChoice {
  readonly parts: readonly StackPart[];
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the language model that the inference server has; null: none. */
  readonly gguf: string | null;
  /** One line for the user. */
  readonly description: string;
}

/**
 * Reads `--inference`: nothing for the small models on this machine, `hf` for the public defaults, or the URL of an
 * OpenAI-compatible server that summarises in place of the extractive rules. Without the option, the GGUF file at `gguf`
 * summarises, and the extractive rules where it fails. Throws an error that says what to do.
 */
export async function chooseInference(
  option: string | undefined,
  directory: string,
  environment: NodeJS.ProcessEnv,
  gguf?: string,
): Promise<InferenceChoice> {
  if (option === undefined) {
    if (gguf !== undefined) return languageModel(gguf, directory);
    return {
      parts: STACK_PARTS,
      environment: {},
      gguf: null,
      description: 'small models on this machine',
    };
  }
  if (option === 'hf') return huggingFace(environment);
  const url = URL.parse(option);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`--inference takes hf or a URL such as http://localhost:8000, not ${option}`);
  }
  return openAiCompatible(option, directory);
}

function huggingFace(environment: NodeJS.ProcessEnv): InferenceChoice {
  const kept = ['HF_TOKEN', 'HF_TOKENS', 'HF_ROUTER_URL', 'HF_HUB_URL', 'HF_BILL_TO'];
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => kept.includes(entry[0]) && Boolean(entry[1]),
  );
  if (!given.some(([name]) => name === 'HF_TOKEN' || name === 'HF_TOKENS')) {
    throw new Error(
      '--inference hf needs HF_TOKEN: make one at https://huggingface.co/settings/tokens',
    );
  }
  return {
    parts: STACK_PARTS.filter((part) => part !== 'inference'),
    environment: Object.fromEntries(given),
    gguf: null,
    description: `Hugging Face (${environment['HF_ROUTER_URL'] ?? 'https://router.huggingface.co'})`,
  };
}

async function openAiCompatible(option: string, directory: string): Promise<InferenceChoice> {
  const base = option.replace(/\/+$/, '').replace(/\/v1$/, '');
  const { id, max_model_len, meta } = await servedModel(`${base}/v1/models`);
  // vLLM, SGLang and llama-server report the context size. The default fits every current chat model.
  const contextTokens = max_model_len ?? meta?.n_ctx ?? 8192;
  const target = { name: 'own-server', contract: 'openai', url: base, model: id };
  const configuration = await writeConfiguration(directory, () => [
    { ...target, contextTokens, concurrency: 1 },
  ]);
  return {
    parts: STACK_PARTS,
    environment: { HANSARD_CONFIG: configuration },
    gguf: null,
    description: `${id} at ${base} summarises; the rest is small models on this machine`,
  };
}

async function languageModel(path: string, directory: string): Promise<InferenceChoice> {
  await checkGguf(path);
  const model = ggufModelId(path);
  const target = {
    name: 'gguf',
    contract: 'openai',
    // The stack sets both.
    url: '${HF_ROUTER_URL}',
    token: '${HF_TOKEN}',
    model,
    label: `${model}: a language model on this machine`,
    contextTokens: 8192,
    concurrency: 1,
  };
  const configuration = await writeConfiguration(directory, (rules) => [target, ...rules]);
  return {
    parts: STACK_PARTS,
    environment: { HANSARD_CONFIG: configuration },
    gguf: path,
    description: `${model} summarises; the rest is small models on this machine`,
  };
}

/** Writes the local configuration with other targets that summarise. Returns its path. */
async function writeConfiguration(
  directory: string,
  summarizeBy: (targets: readonly unknown[]) => readonly unknown[],
): Promise<string> {
  const { parse, stringify } = await import('yaml');
  const file = join(import.meta.dirname, 'hansard.yaml');
  const { roles } = configurationSchema.parse(parse(await readFile(file, 'utf8')));
  const summarize = summarizeBy(roles.summarize);
  const path = join(directory, 'hansard.yaml');
  await writeFile(path, stringify({ roles: { ...roles, summarize } }));
  return path;
}

const configurationSchema = z.object({
  roles: z.looseObject({ summarize: z.array(z.unknown()) }),
});

const modelSchema = z.object({
  id: z.string(),
  max_model_len: z.int().nullish(),
  meta: z.object({ n_ctx: z.int().positive().nullish() }).nullish().catch(null),
});

const modelsSchema = z.object({ data: z.tuple([modelSchema], z.unknown()) });

/** The first model of the server. */
async function servedModel(url: string) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    return modelsSchema.parse(await response.json()).data[0];
  } catch (error) {
    throw new Error(
      `--inference: GET ${url} returned no model (${error instanceof Error ? error.message : String(error)}). ` +
        'Start an OpenAI-compatible server there, or leave the option out.',
      { cause: error },
    );
  }
}
