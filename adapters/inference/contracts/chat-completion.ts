import { z } from 'zod';
import type { Contract, Target, WireResponse } from '../contract.ts';
import { InferenceError } from '../inference-error.ts';
import { badReply } from './bad-reply.ts';
import { jsonBody } from './json-body.ts';
import { requestIdOf, responseFacts, usageOf, word } from './response-facts.ts';

/** The OpenAI form of a chat completion, which the router and most servers speak; only the URL differs. */
export const chatCompletion = (urlOf: (target: Target) => string): Contract<'summarize'> => ({
  buildRequest: (input, target) => {
    const parameters = {
      // Always said: servers default to the model's own generation configuration.
      max_tokens: input.maxTokens,
      temperature: input.temperature,
      stream: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: input.schema.name, strict: true, schema: input.schema.json },
      },
    };
    return {
      method: 'POST',
      url: urlOf(target),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      // `model` first: the router reads it from the first bytes of the body (huggingface.js#2335).
      body: JSON.stringify({ model: target.model, messages: input.messages, ...parameters }),
      parameters,
    };
  },

  parseResponse: (response, _input, target) => {
    const body = jsonBody(response, completionSchema, target);
    const choice = body.choices[0];
    if (choice === undefined) throw badReply(target, response, 'it holds no choice');
    const text = choice.message.content ?? '';
    if (text.trim() === '') {
      const why =
        choice.finish_reason === 'length'
          ? 'the model used up max_tokens before it said anything'
          : 'the model said nothing';
      throw badReply(target, response, why);
    }
    // The rest is missing, and would be again; a shorter input has a shorter answer.
    if (choice.finish_reason === 'length') throw cutOff(target, response);
    return {
      answer: { text },
      usage: usageOf(response, {
        inputTokens: body.usage?.prompt_tokens ?? null,
        outputTokens: body.usage?.completion_tokens ?? null,
      }),
      ...responseFacts(response),
      servedModel: word(body.model),
    };
  },
});

const cutOff = (target: Target, response: WireResponse): InferenceError =>
  new InferenceError(
    `${target.name} used up max_tokens before its answer was complete. The item is divided.`,
    {
      kind: 'too_large',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      billing: 'billed',
    },
  );

const tokens = z.int().nonnegative().nullish().catch(null);

const completionSchema = z.object({
  model: z.string().nullish().catch(null),
  choices: z.array(
    z.object({
      message: z.object({ content: z.string().nullish() }),
      finish_reason: z.string().nullish().catch(null),
    }),
  ),
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish().catch(null),
});
