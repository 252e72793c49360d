import { z } from 'zod';
import type { Elsewhere, Inputs, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import { mergeMembers } from '../../targets/parameters/merge-members.ts';
import { wireParameters } from '../../targets/parameters/wire-parameters.ts';
import { badReply } from '../reading/bad-reply.ts';
import { jsonBody } from '../reading/json-body.ts';
import { pictureReply } from '../reading/picture-reply.ts';
import { wireJson } from './wire-json.ts';

export interface ImageGeneration {
  readonly buildRequest: (input: Inputs['illustrate'], target: Target) => WireRequest;
  readonly parseResponse: (
    response: WireResponse,
    input: Inputs['illustrate'],
    target: Target,
  ) => Parsed<'illustrate'> | Elsewhere<'illustrate'>;
}

/** The OpenAI form of text to image; `own` is how a dialect says what is asked beside the prompt. */
export const imageGeneration = (
  urlOf: (target: Target) => string,
  own: (input: Inputs['illustrate'], target: Target) => Readonly<Record<string, unknown>>,
): ImageGeneration => ({
  buildRequest: (input, target) => {
    const parameters = mergeMembers(own(input, target), wireParameters(target));
    return {
      method: 'POST',
      url: urlOf(target),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: wireJson({ model: target.model, prompt: input.prompt, ...parameters }),
      parameters,
    };
  },
  parseResponse: (response, _input, target) => {
    const body = jsonBody(response, imagesSchema, target);
    const [picture] = body.data;
    if (picture === undefined) throw badReply(target, response, 'it holds no picture');
    return pictureReply(response, target, {
      base64: picture.b64_json,
      url: picture.url,
      servedModel: body.model,
      usage: {
        inputTokens: body.usage?.input_tokens ?? null,
        outputTokens: body.usage?.output_tokens ?? null,
      },
    });
  },
});

/**
 * As OpenAI publishes it. It has no place for a seed, nor for a negative prompt, which FLUX and the models of OpenAI
 * do not know anyway.
 */
export const openaiImage = (
  { width, height }: Inputs['illustrate'],
  { model }: Pick<Target, 'model'>,
): Readonly<Record<string, unknown>> =>
  // OpenAI's own models draw in three sizes, answer base64 always, and refuse to be asked for it.
  /^(?:chat)?gpt-image/.test(model)
    ? { n: 1, size: width > height ? '1536x1024' : width < height ? '1024x1536' : '1024x1024' }
    : { n: 1, size: `${width}x${height}`, response_format: 'b64_json' };

const tokens = z.int().nonnegative().nullish().catch(null);

const imagesSchema = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })),
  model: z.string().nullish().catch(null),
  usage: z.object({ input_tokens: tokens, output_tokens: tokens }).nullish().catch(null),
});
