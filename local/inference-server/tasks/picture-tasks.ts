import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import { UnreadableImage, type NsfwClassifier } from '../models/nsfw-classifier.ts';
import { drawPicture } from '../models/procedural/draw-picture.ts';
import { pictureFields } from '../picture-order.ts';
import { taskRefusal } from '../refusal.ts';
import {
  computeHeaders,
  decodeBase64,
  readAccept,
  readParameters,
  readTaskInput,
  readTextTask,
  requireJsonAnswer,
} from './toolkit-request.ts';

const classificationSchema = z.strictObject({
  /** The scores are a softmax already; the other functions need logits that nsfwjs does not give. */
  function_to_apply: z.literal('softmax').optional(),
  top_k: z.int().min(1).default(2),
});

export async function classifyImage(
  request: FastifyRequest,
  reply: FastifyReply,
  classifier: NsfwClassifier,
): Promise<object> {
  requireJsonAnswer(request, 'Labels');
  const { kind, inputs, parameters } = readTaskInput(request);
  const pipeline = 'ImageClassificationPipeline';
  const { top_k } = readParameters(classificationSchema, parameters, pipeline);
  if (kind === 'audio') throw unreadable();
  const image = typeof inputs === 'string' ? decodeBase64(inputs) : inputs;
  const startMs = performance.now();
  const labels = await classifier.classify(image).catch((error: unknown) => {
    throw error instanceof UnreadableImage ? unreadable() : error;
  });
  request.bill(sha256(image));
  reply.headers(computeHeaders('nsfwjs-mobilenet-v2-mid', startMs));
  return labels.slice(0, top_k);
}

const unreadable = () => taskRefusal(400, 'cannot identify image file');

const drawing = {
  pipeline: 'TextToImagePipeline',
  takes: 'text-to-image takes JSON with a prompt under inputs',
  parameters: z.strictObject({
    width: pictureFields.side.default(1024),
    height: pictureFields.side.default(576),
    seed: pictureFields.seed,
    negative_prompt: pictureFields.negativePrompt,
    guidance_scale: pictureFields.guidance.optional(),
    num_inference_steps: pictureFields.steps.optional(),
    scheduler: z.string().min(1).optional(),
  }),
};

/** Answers a picture as bytes, or as base64 in a JSON string, by what the client accepts. */
export async function drawFromText(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const accept = readAccept(request);
  const { inputs, parameters } = readTextTask(request, drawing);
  if (inputs.trim() === '') throw taskRefusal(400, 'inputs: the prompt is empty');
  const startMs = performance.now();
  const { width, height } = parameters;
  // Every parameter changes the picture, as every parameter steers a diffusion model.
  const seed = digestOf({ ...parameters });
  const png = await drawPicture({ prompt: inputs, width, height, seed });
  request.bill(digestOf({ inputs, parameters }));
  reply.headers(computeHeaders('procedural-v1', startMs)).type(accept?.type ?? 'application/json');
  if (accept === null) return JSON.stringify(Buffer.from(png).toString('base64'));
  if (accept.format === 'png') return png;
  const { default: sharp } = await import('sharp');
  return sharp(png).toFormat(accept.format).toBuffer();
}
