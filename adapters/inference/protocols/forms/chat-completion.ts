import type { Contract, Inputs, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import type { AnswerSchema } from '../../targets/parameters/response-format.ts';
import type { Completion } from '../reading/completion-schema.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { responseFormat } from '../../targets/parameters/response-format.ts';
import { wireParameters } from '../../targets/parameters/wire-parameters.ts';
import { badReply } from '../reading/bad-reply.ts';
import { completionSchema } from '../reading/completion-schema.ts';
import { joinCompletion } from '../reading/completion-stream.ts';
import { isEventStream } from '../reading/event-stream.ts';
import { foldSystemMessage } from './fold-system-message.ts';
import { jsonBody } from '../reading/json-body.ts';
import { requestIdOf, responseFacts, usageOf, word } from '../reading/response-facts.ts';
import { withheld } from '../reading/withheld.ts';
import { wireJson } from './wire-json.ts';

/**
 * The OpenAI form of a chat completion, which the router and most servers speak; only the URL differs. A summary must
 * be whole; what `generate` writes may end at its `maxTokens`, which its caller chose.
 */
export const chatCompletion = (
  urlOf: (target: Target) => string,
): { readonly summarize: Contract<'summarize'>; readonly generate: Contract<'generate'> } => ({
  summarize: {
    buildRequest: (input, target) => request(urlOf(target), input, input.schema, target),
    parseResponse: (response, _input, target) => {
      const body = completionOf(response, target);
      // The rest is missing, and would be again; a shorter input has a shorter answer.
      if (isCutOff(body) && saidText(body) !== '') throw cutOff(target, response);
      return read(body, response, target);
    },
  },
  generate: {
    buildRequest: (input, target) => request(urlOf(target), input, null, target),
    parseResponse: (response, _input, target) =>
      read(completionOf(response, target), response, target),
  },
});

function request(
  url: string,
  { messages, maxTokens, temperature }: Inputs['generate'],
  schema: AnswerSchema | null,
  target: Target,
): WireRequest {
  // All of a chat's parameters have places of their own at the root.
  const parameters = {
    stream: target.stream,
    // Without it a stream tells no usage, and nobody knows what it cost.
    ...(target.stream ? { stream_options: { include_usage: true } } : {}),
    ...(schema === null
      ? {}
      : { response_format: responseFormat(target.contract, schema, target.parameters) }),
    // Always said: servers default to the model's own generation configuration, and to the whole context.
    ...wireParameters(target, { maxTokens, temperature }),
  };
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      accept: target.stream ? 'text/event-stream' : 'application/json',
    },
    // `model` first: the router reads it from the first bytes of the body (huggingface.js#2335).
    body: wireJson({
      model: target.model,
      messages: foldSystemMessage(messages, target.model),
      ...parameters,
    }),
    parameters,
  };
}

/** There are servers that stream though nobody asked, and such that do not though asked. */
const completionOf = (response: WireResponse, target: Target): Completion =>
  isEventStream(response)
    ? joinCompletion(response, target)
    : jsonBody(response, completionSchema, target);

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
      ? 'the model used up max_tokens before it said anything'
      : 'the model said nothing';
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
const saidText = ({ choices }: Completion): string => choices[0]?.message.content?.trim() ?? '';

const cutOff = (target: Target, response: WireResponse): InferenceError =>
  new InferenceError(
    `${target.name} used up max_tokens before its answer was complete. The item is divided.`,
    {
      kind: 'too_large',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      charge: 'billed',
    },
  );
