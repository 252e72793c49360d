import { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import type { Elsewhere, Inputs, Parsed, RoleContract } from '../contract.ts';
import { jsonBody } from '../reading/json-body.ts';
import { pictureReply } from '../reading/picture-reply.ts';
import { badReply } from '../reading/reply-errors.ts';
import { reportedText, reportedTokens } from '../reading/response-facts.ts';
import { postRequest } from './wire-requests.ts';
import { mergeMembers, wireJson } from './wire-json.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

/** OpenAI's text to image. `own` gives the members besides the prompt, which differ from server to server. */
export const imageGeneration = (
  root: (target: Target) => string,
  places: WirePlaces,
  own: (input: Inputs['illustrate'], target: Target) => Readonly<Record<string, unknown>>,
): RoleContract<'illustrate', Parsed<'illustrate'> | Elsewhere<'illustrate'>> => ({
  places,
  buildRequest: (input, target) => {
    const parameters = mergeMembers(own(input, target), wireParameters(target, places));
    const body = wireJson({ model: target.model, prompt: input.prompt, ...parameters });
    return postRequest(`${root(target)}/images/generations`, body, parameters);
  },
  parseResponse: (response, _input, target) => {
    const body = jsonBody(response, imagesSchema, target);
    const [picture] = body.data;
    if (picture === undefined) throw badReply(target, response, 'it holds no picture');
    const { b64_json: base64, url } = picture;
    return pictureReply(
      response,
      target,
      { base64, url },
      {
        servedModel: body.model,
        inputTokens: body.usage?.input_tokens,
        outputTokens: body.usage?.output_tokens,
      },
    );
  },
});

/** As published by OpenAI: without a seed, and without a negative prompt, which neither FLUX nor OpenAI's models know. */
export const openaiImage = (
  { width, height }: Inputs['illustrate'],
  { model }: Pick<Target, 'model'>,
): Readonly<Record<string, unknown>> =>
  // OpenAI's own models have three sizes. They always answer base64 and refuse a request for it.
  /^(?:chat)?gpt-image/.test(model)
    ? { n: 1, size: width > height ? '1536x1024' : width < height ? '1024x1536' : '1024x1024' }
    : { n: 1, size: `${width}x${height}`, response_format: 'b64_json' };

const imagesSchema = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })),
  model: reportedText,
  usage: reportedTokens,
});
