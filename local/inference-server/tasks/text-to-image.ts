import sharp from 'sharp';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { readParameters, readTaskInput } from '../http/task-input.ts';
import { readAccept, type ImageFormat } from '../http/toolkit-content.ts';
import { drawPicture } from '../models/procedural/draw-picture.ts';
import {
  guidanceSchema,
  negativePromptSchema,
  seedSchema,
  sideSchema,
  stepsSchema,
} from './picture-fields.ts';

const parametersSchema = z.strictObject({
  width: sideSchema.default(1024),
  height: sideSchema.default(576),
  seed: seedSchema.default(0),
  negative_prompt: negativePromptSchema.default(''),
  guidance_scale: guidanceSchema.optional(),
  num_inference_steps: stepsSchema.optional(),
  scheduler: z.string().min(1).optional(),
});

export async function drawFromText(request: RouteRequest): Promise<ModelAnswer> {
  const accept = readAccept(request.headers);
  const input = readTaskInput(request);
  if (typeof input.inputs !== 'string') {
    throw taskRefusal(400, 'text-to-image takes JSON with a prompt under inputs');
  }
  if (input.inputs.trim() === '') throw taskRefusal(400, 'inputs: the prompt is empty');
  const parameters = readParameters(parametersSchema, input.parameters, 'TextToImagePipeline');
  const startMs = performance.now();
  const png = await drawPicture({
    prompt: input.inputs,
    width: parameters.width,
    height: parameters.height,
    // All that steers a diffusion model steers the picture here: it is a function of the whole request.
    seed: digestOf({ ...parameters }),
  });
  const headers = {
    'x-sha': 'procedural-v1',
    'x-compute-type': 'cpu',
    'x-compute-time': ((performance.now() - startMs) / 1000).toFixed(3),
  };
  return {
    inputDigest: digestOf({ inputs: input.inputs, parameters }),
    reply:
      accept.kind === 'image'
        ? await imageReply(png, accept, headers)
        : // The toolkit answers a picture as base64 in a JSON string.
          jsonReply(Buffer.from(png).toString('base64'), headers),
  };
}

async function imageReply(
  png: Uint8Array,
  accept: { readonly type: string; readonly format: ImageFormat },
  headers: Readonly<Record<string, string>>,
): Promise<Reply> {
  const body = accept.format === 'png' ? png : await sharp(png).toFormat(accept.format).toBuffer();
  return { status: 200, headers: { 'content-type': accept.type, ...headers }, body };
}
