import type { ContractName, Role } from '../../../../workflows/contracts/targets.ts';

/**
 * A path into the request's body, its members divided by dots; `says` translates values, where they differ. Null: the
 * contract minds it, but it is no member of the body.
 */
export type WirePlace =
  | string
  | { readonly at: string; readonly says: Readonly<Record<string, string | boolean>> }
  | null;

type WirePlaces = Readonly<Record<string, WirePlace>>;

/** What a contract can say of a role's parameters, by Hansard's names. */
export const wirePlaces = (contract: ContractName, role: Role): WirePlaces =>
  PLACES[contract][role] ?? {};

const below = (path: string, places: Readonly<Record<string, string>>): WirePlaces =>
  Object.fromEntries(Object.entries(places).map(([name, place]) => [name, `${path}.${place}`]));

/** OpenAI's published chat completion. */
const openaiChat = {
  temperature: 'temperature',
  topP: 'top_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  stop: 'stop',
  reasoningEffort: 'reasoning_effort',
  maxTokens: 'max_tokens',
} as const;

/**
 * Beyond the specification, under one name in vLLM, SGLang, together and DeepInfra. OpenAI and Groq answer 400 to
 * them: such a target takes temperature and topP instead of a preset.
 */
const openChat = {
  ...openaiChat,
  topK: 'top_k',
  repetitionPenalty: 'repetition_penalty',
} as const;

/** `generate` of transformers, which TGI's names follow. */
const generation = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  typicalP: 'typical_p',
  repetitionPenalty: 'repetition_penalty',
  doSample: 'do_sample',
  maxTokens: 'max_new_tokens',
} as const;

const tgiGeneration = below('parameters', {
  ...generation,
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
});

const whisperPipeline = {
  ...below('parameters.generation_parameters', {
    temperature: 'temperature',
    beams: 'num_beams',
    noRepeatNgramSize: 'no_repeat_ngram_size',
  }),
  // No vocabulary hint: transformers takes it as token ids only.
  timestamps: { at: 'parameters.return_timestamps', says: { segment: true, none: false } },
} as const;

/** OpenAI's published transcription; a field of the form each. */
const openaiTranscription = {
  temperature: 'temperature',
  prompt: 'prompt',
  timestamps: { at: 'response_format', says: { segment: 'verbose_json', none: 'json' } },
} as const;

const classifier = below('parameters', { functionToApply: 'function_to_apply', topK: 'top_k' });

const diffusion = {
  steps: 'num_inference_steps',
  guidanceScale: 'guidance_scale',
  scheduler: 'scheduler',
} as const;

/** A contract that cannot say a parameter has no entry for it: the configuration then refuses it by name. */
const PLACES: Readonly<Record<ContractName, { readonly [R in Role]?: WirePlaces }>> = {
  'hf-chat': { summarize: openaiChat, generate: openaiChat },
  'hf-task': {
    transcribe: whisperPipeline,
    summarize: below('parameters.generate_parameters', generation),
    illustrate: below('parameters', diffusion),
    moderate: classifier,
    classify: classifier,
    // The one task whose parameters lie beside `inputs`.
    embed: { normalize: 'normalize', truncate: 'truncate' },
  },
  fal: {
    transcribe: {
      prompt: 'prompt',
      timestamps: { at: 'chunk_level', says: { segment: 'segment', none: 'none' } },
    },
    illustrate: { steps: 'num_inference_steps', guidanceScale: 'guidance_scale' },
  },
  replicate: {
    transcribe: below('input', { temperature: 'temperature', prompt: 'initial_prompt' }),
    illustrate: below('input', diffusion),
  },
  together: {
    transcribe: openaiTranscription,
    summarize: openChat,
    generate: openChat,
    illustrate: { steps: 'steps', guidanceScale: 'guidance' },
  },
  deepinfra: { transcribe: openaiTranscription, summarize: openChat, generate: openChat },
  nscale: { summarize: openaiChat, generate: openaiChat },
  openai: {
    transcribe: openaiTranscription,
    summarize: { ...openChat, responseFormat: null },
    generate: openChat,
  },
  tgi: { summarize: tgiGeneration, generate: tgiGeneration },
  toolkit: {
    transcribe: whisperPipeline,
    // A pipeline hands what it does not know on to `generate`; it knows no `generate_parameters`.
    summarize: below('parameters', generation),
    illustrate: below('parameters', diffusion),
    moderate: classifier,
    classify: classifier,
  },
  hfendpoints: { transcribe: openaiTranscription },
};
