import type { Target } from '../../targets/target.ts';
import type { ErrorTraits } from '../../verdicts/verdict.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import type { Inputs, Parsed, RoleContract } from '../contract.ts';
import { readCompletion, type Completion } from '../reading/completion.ts';
import { badReply, cutOff, withheld } from '../reading/reply-errors.ts';
import { responseFacts, usageOf, word } from '../reading/response-facts.ts';
import { foldSystemMessage } from './chat-messages.ts';
import { responseFormat, type AnswerSchema, type Dialect } from './response-format.ts';
import { wireJson } from './wire-json.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

/** The parameters of OpenAI's published chat completion. */
export const OPENAI_CHAT = {
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
 * Parameters beyond the specification that vLLM, SGLang, together and DeepInfra all know by these names. OpenAI and
 * Groq answer 400 to them: configure temperature and topP there instead of a preset.
 */
export const OPEN_CHAT = {
  ...OPENAI_CHAT,
  topK: 'top_k',
  repetitionPenalty: 'repetition_penalty',
} as const;

export interface ChatForm {
  readonly url: (target: Target) => string;
  readonly places: { readonly summarize: WirePlaces; readonly generate: WirePlaces };
  readonly dialect: Dialect;
  readonly traits: ErrorTraits;
}

/**
 * OpenAI's chat completion, which the router and most servers speak. A summary must be complete; a `generate` text may
 * end at its `maxTokens`, which the caller chose.
 */
export const chatCompletion = (
  form: ChatForm,
): {
  readonly summarize: RoleContract<'summarize', Parsed<'summarize'>>;
  readonly generate: RoleContract<'generate', Parsed<'generate'>>;
} => ({
  summarize: {
    places: form.places.summarize,
    buildRequest: (input, target) =>
      request(form, form.places.summarize, input, input.schema, target),
    parseResponse: (response, _input, target) => {
      const body = readCompletion(response, target, form.traits);
      if (isCutOff(body) && textOf(body) !== '') throw cutOff(target, response, 'max_tokens');
      return read(body, response, target);
    },
  },
  generate: {
    places: form.places.generate,
    buildRequest: (input, target) => request(form, form.places.generate, input, null, target),
    parseResponse: (response, _input, target) =>
      read(readCompletion(response, target, form.traits), response, target),
  },
});

function request(
  { url, dialect }: ChatForm,
  places: WirePlaces,
  { messages, maxTokens, temperature }: Inputs['generate'],
  schema: AnswerSchema | null,
  target: Target,
): WireRequest {
  // All parameters of a chat are members of the root.
  const parameters = {
    stream: target.stream,
    // Without it a stream reports no usage, and the cost stays unknown.
    ...(target.stream ? { stream_options: { include_usage: true } } : {}),
    ...(schema === null
      ? {}
      : { response_format: responseFormat(dialect, schema, target.parameters) }),
    // Always sent: servers default to the model's own generation configuration, and to the whole context.
    ...wireParameters(target, places, { maxTokens, temperature }),
  };
  return {
    method: 'POST',
    url: url(target),
    headers: {
      'content-type': 'application/json',
      accept: target.stream ? 'text/event-stream' : 'application/json',
    },
    // `model` comes first: the router reads it from the first bytes of the body (huggingface.js#2335).
    body: wireJson({
      model: target.model,
      messages: foldSystemMessage(messages, target.model),
      ...parameters,
    }),
    parameters,
  };
}

function read(
  body: Completion,
  response: WireResponse,
  target: Target,
): Parsed<'summarize'> & Parsed<'generate'> {
  const choice = body.choices[0];
  if (choice === undefined) throw badReply(target, response, 'it holds no choice');
  if (choice.finish_reason === 'content_filter')
    throw withheld(target, response, 'its content filter stopped it');
  const text = choice.message.content ?? '';
  if (text.trim() === '') {
    if ((choice.message.refusal ?? '') !== '')
      throw withheld(target, response, 'the model refuses to answer');
    const why = isCutOff(body)
      ? 'the model used up max_tokens before it wrote anything'
      : 'the model wrote nothing';
    throw badReply(target, response, why);
  }
  const facts = responseFacts(response);
  return {
    answer: { text },
    usage: usageOf(response, {
      inputTokens: body.usage?.prompt_tokens ?? null,
      outputTokens: body.usage?.completion_tokens ?? null,
    }),
    ...facts,
    requestId: facts.requestId ?? word(body.x_groq?.id),
    servedModel: word(body.model),
  };
}

const isCutOff = ({ choices }: Completion): boolean => choices[0]?.finish_reason === 'length';
const textOf = ({ choices }: Completion): string => choices[0]?.message.content?.trim() ?? '';
