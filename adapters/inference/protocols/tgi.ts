import type { Inputs, Parsed, RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import { InferenceError } from '../verdicts/inference-error.ts';
import { mergeMembers } from '../targets/parameters/merge-members.ts';
import type { AnswerSchema } from '../targets/parameters/response-format.ts';
import { responseFormat } from '../targets/parameters/response-format.ts';
import { wireParameters } from '../targets/parameters/wire-parameters.ts';
import { badReply } from './reading/bad-reply.ts';
import { chatPrompt } from './forms/chat-prompt.ts';
import type { Generated } from './reading/generated-text.ts';
import { generatedText } from './reading/generated-text.ts';
import { requestIdOf, responseFacts, usageOf } from './reading/response-facts.ts';
import { wireJson } from './forms/wire-json.ts';

/** Text Generation Inference's own route, which applies no chat template. */
export const tgi = {
  summarize: {
    buildRequest: (input, target) => request(input, input.schema, target),
    parseResponse: (response, input, target) => {
      const generated = generatedText(response, target);
      const parsed = read(generated, response, input, target);
      // The rest is missing, and would be again; a shorter input has a shorter answer.
      if (isCutOff(generated)) throw cutOff(target, response);
      return parsed;
    },
  },
  generate: {
    buildRequest: (input, target) => request(input, null, target),
    parseResponse: (response, input, target) =>
      read(generatedText(response, target), response, input, target),
  },
} satisfies RoleContracts;

function request(
  { messages, maxTokens, temperature }: Inputs['generate'],
  schema: AnswerSchema | null,
  target: Target,
): WireRequest {
  const said = mergeMembers(
    {
      parameters: {
        details: true,
        return_full_text: false,
        ...(schema === null ? {} : { grammar: responseFormat('tgi', schema) }),
      },
    },
    wireParameters(target, { maxTokens, temperature }),
  );
  return {
    method: 'POST',
    url: `${target.baseUrl}/${target.stream ? 'generate_stream' : 'generate'}`,
    headers: {
      'content-type': 'application/json',
      accept: target.stream ? 'text/event-stream' : 'application/json',
    },
    body: wireJson({ inputs: chatPrompt(messages, target.model), ...said }),
    parameters: said,
  };
}

function read(
  generated: Generated,
  response: WireResponse,
  { messages }: Inputs['generate'],
  target: Target,
): Parsed<'summarize'> & Parsed<'generate'> {
  const prompt = chatPrompt(messages, target.model);
  const { generated_text: said, details } = generated;
  // Servers of the same route echo the prompt, though told not to.
  const text = said.startsWith(prompt) ? said.slice(prompt.length) : said;
  if (text.trim() === '') {
    const why = isCutOff(generated)
      ? 'the model used up max_new_tokens before it said anything'
      : 'the model said nothing';
    throw badReply(target, response, why);
  }
  return {
    answer: { text },
    usage: usageOf(response, {
      inputTokens: details?.input_length ?? null,
      outputTokens: details?.generated_tokens ?? null,
    }),
    ...responseFacts(response),
    servedModel: null,
  };
}

const isCutOff = ({ details }: Generated): boolean => details?.finish_reason === 'length';

const cutOff = (target: Target, response: WireResponse): InferenceError =>
  new InferenceError(
    `${target.name} used up max_new_tokens before its answer was complete. The item is divided.`,
    {
      kind: 'too_large',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      charge: 'billed',
    },
  );
