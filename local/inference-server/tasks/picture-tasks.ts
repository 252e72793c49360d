import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import { UnreadableImage } from '../models/nsfw-classifier.ts';
import {
  drawOrder,
  guidanceSchema,
  pictureFields,
  sideSchema,
  stepsSchema,
} from '../picture-order.ts';
import { taskRefusal } from '../refusal.ts';
import { reportWork } from '../report-work.ts';
import type { ServerParts } from '../server-parts.ts';
import {
  decodeBase64,
  readAccept,
  readParameters,
  readTaskInput,
  readTextTask,
  type ToolkitServer,
} from './toolkit-request.ts';

const classificationSchema = z.strictObject({
  /** The scores are a softmax already; the other functions need logits that nsfwjs does not give. */
  function_to_apply: z.literal('softmax').optional(),
  top_k: z.int().min(1).default(2),
});

export async function classifyImage(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer & Pick<ServerParts, 'classify'>,
): Promise<object> {
  const { kind, inputs, parameters } = readTaskInput(request, server, 'image');
  const pipeline = 'ImageClassificationPipeline';
  const { top_k } = readParameters(classificationSchema, parameters, pipeline);
  if (kind === 'audio') throw unreadable();
  const image = typeof inputs === 'string' ? decodeBase64(inputs) : inputs;
  const labels = await server.classify(image).catch((error: unknown) => {
    throw error instanceof UnreadableImage ? unreadable() : error;
  });
  reportWork(request, reply, 'nsfwjs-mobilenet-v2-mid', sha256(image));
  return labels.slice(0, top_k);
}

const unreadable = () => taskRefusal(400, 'cannot identify image file');

const drawingSchema = z.strictObject({
  width: sideSchema.default(1024),
  height: sideSchema.default(576),
  seed: pictureFields.seed,
  negative_prompt: pictureFields.negative_prompt,
  guidance_scale: guidanceSchema,
  num_inference_steps: stepsSchema,
  scheduler: z.string().min(1).optional(),
});

/** Answers a picture as bytes, or as base64 in a JSON string, by what the client accepts. */
export async function drawFromText(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer & {
    /** The answer to a client that accepts any type. */
    readonly pictures: Exclude<ReturnType<typeof readAccept>, 'any'>;
  },
): Promise<unknown> {
  const accepted = readAccept(request);
  const form = accepted === 'any' ? server.pictures : accepted;
  const pipeline = 'TextToImagePipeline';
  const { inputs, parameters } = readTextTask(request, server, drawingSchema, pipeline);
  if (inputs.trim() === '') throw taskRefusal(400, 'inputs: the prompt is empty');
  const order = { ...parameters, prompt: inputs };
  const png = await drawOrder(order);
  reportWork(request, reply, 'procedural-v1', digestOf(order));
  reply.type(form === 'json' ? 'application/json' : form.type);
  if (form === 'json') return JSON.stringify(Buffer.from(png).toString('base64'));
  if (form.format === 'png') return png;
  const { default: sharp } = await import('sharp');
  return sharp(png).toFormat(form.format).toBuffer();
}
