import { z } from 'zod';
import type { Elsewhere, Inputs, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import { sniffPicture } from '../reading/sniff-picture.ts';
import { badReply } from '../reading/bad-reply.ts';
import { jsonBody } from '../reading/json-body.ts';
import { pictureReply } from '../reading/picture-reply.ts';
import { jsonRequest, pipelineParameters } from './pipeline-request.ts';
import { responseFacts, usageOf } from '../reading/response-facts.ts';

export const pictureRequest = (
  url: string,
  { prompt, negativePrompt, width, height, seed }: Inputs['illustrate'],
  target: Target,
): WireRequest =>
  jsonRequest(
    url,
    prompt,
    pipelineParameters(target, {
      ...(negativePrompt === '' ? {} : { negative_prompt: negativePrompt }),
      width,
      height,
      seed,
    }),
    'image/png',
  );

/** The bytes of a picture, whatever type was asked for: JPEG comes too. Some backends wrap it in JSON all the same. */
export function readPicture(
  response: WireResponse,
  target: Target,
): Parsed<'illustrate'> | Elsewhere<'illustrate'> {
  const { bytes } = response;
  const mediaType = sniffPicture(bytes);
  if (mediaType !== null)
    return {
      answer: { bytes, mediaType },
      usage: usageOf(response, { images: 1 }),
      ...responseFacts(response),
      servedModel: null,
    };
  if (bytes[0] !== OPENING_BRACE) throw badReply(target, response, 'its body is not a picture');
  const { data, output, image } = jsonBody(response, wrappedPictureSchema, target);
  const first = data?.[0];
  return pictureReply(response, target, {
    base64: first?.b64_json ?? image,
    url: first?.url ?? (Array.isArray(output) ? output[0] : output),
  });
}

const OPENING_BRACE = 0x7b;

const wrappedPictureSchema = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })).nullish(),
  output: z.union([z.string(), z.array(z.string())]).nullish(),
  /** The form that Hugging Face publishes for the task; base64. */
  image: z.string().nullish(),
});
