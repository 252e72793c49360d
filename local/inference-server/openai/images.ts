import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import type { FileStore } from '../kept-results.ts';
import {
  drawOrder,
  guidanceSchema,
  pictureFields,
  sideSchema,
  stepsSchema,
  toJpeg,
} from '../picture-order.ts';
import { check, readJson, refuseField, toAddress } from '../read-request.ts';
import type { OpenAiDialect } from './dialect.ts';

const common = { ...pictureFields, model: z.string().min(1), n: z.literal(1).nullish() };

const openAiSchema = z.strictObject({
  ...common,
  /** `1024x576`; `auto` leaves it to the server. */
  size: z
    .string()
    .regex(/^(?:auto|\d{1,5}x\d{1,5})$/)
    .default('auto')
    .transform((size) => (size === 'auto' ? '1024x1024' : size).split('x').map(Number))
    .transform(([width, height]) => ({ width, height }))
    .pipe(z.object({ width: sideSchema, height: sideSchema })),
  response_format: z.enum(['url', 'b64_json']).nullish(),
  quality: z.enum(['auto', 'standard', 'hd', 'low', 'medium', 'high']).nullish(),
  style: z.enum(['vivid', 'natural']).nullish(),
  user: z.string().nullish(),
});

/** OpenAI's fields that mean something here, and two that self-hosted servers add. */
export const openAiImages: OpenAiDialect['images'] = {
  schema: openAiSchema.transform(({ size, response_format, ...body }) => ({
    ...body,
    ...size,
    output_format: 'png',
    response_format: response_format ?? 'url',
  })),
  body: (picture) => ({ created: Math.floor(Date.now() / 1000), data: [picture] }),
};

/** Pictures inside the JSON only. */
export const nscaleImages: OpenAiDialect['images'] = {
  schema: openAiSchema
    .omit({ quality: true, style: true, user: true })
    .extend({ response_format: z.literal('b64_json').default('b64_json') })
    .transform(({ size, ...body }) => ({ ...body, ...size, output_format: 'png' })),
  body: openAiImages.body,
};

export const togetherImages: OpenAiDialect['images'] = {
  schema: z.strictObject({
    ...common,
    steps: stepsSchema,
    guidance: guidanceSchema,
    guidance_scale: guidanceSchema,
    width: sideSchema.default(1024),
    height: sideSchema.default(1024),
    output_format: z.enum(['jpeg', 'png']).default('jpeg'),
    response_format: z.enum(['base64', 'url']).default('url'),
  }),
  body: (picture) => ({
    id: randomUUID(),
    model: 'hansard/procedural-v1',
    object: 'list',
    data: [{ index: 0, ...picture }],
  }),
};

/** `POST …/images/generations` */
export async function generateImage(
  request: FastifyRequest,
  files: FileStore,
  { refuse, requireModel, images }: OpenAiDialect,
): Promise<object> {
  const body = check(images.schema, readJson(request, refuse), refuseField(refuse));
  requireModel(body.model, 'text-to-image');
  const { prompt, negative_prompt, width, height, seed, output_format: format } = body;
  const png = await drawOrder({ prompt, negative_prompt, width, height, seed });
  const bytes = format === 'png' ? png : await toJpeg(png);
  request.bill(digestOf(body));
  return images.body(
    body.response_format === 'url'
      ? { url: toAddress(request, files.put(bytes, format)) }
      : { b64_json: Buffer.from(bytes).toString('base64') },
  );
}
