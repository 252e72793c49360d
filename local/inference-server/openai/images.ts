import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import type { FileStore } from '../kept-results.ts';
import { drawOrder, pictureFields, toJpeg } from '../picture-order.ts';
import { check, readJson, refuseField, toAddress } from '../read-request.ts';
import type { ImageDialect, OpenAiDialect } from './dialect.ts';

/** `1024x576`; `auto` leaves it to the server. */
const sizeSchema = z
  .string()
  .regex(/^(?:auto|\d{1,5}x\d{1,5})$/)
  .transform((size) => {
    const [width = 1024, height = 1024] = size === 'auto' ? [] : size.split('x').map(Number);
    return { width, height };
  })
  .pipe(z.object({ width: pictureFields.side, height: pictureFields.side }))
  .default({ width: 1024, height: 1024 });

const common = {
  model: z.string().min(1),
  prompt: pictureFields.prompt,
  negative_prompt: pictureFields.negativePrompt,
  seed: pictureFields.seed,
};
type Common = Record<'model' | 'prompt' | 'negative_prompt', string> & { readonly seed: number };

const toOrder = (
  { model, prompt, negative_prompt: negativePrompt, seed }: Common,
  { width, height }: { readonly width: number; readonly height: number },
) => ({ model, order: { prompt, negativePrompt, width, height, seed } });

const dated = (picture: object) => ({ created: Math.floor(Date.now() / 1000), data: [picture] });

/** OpenAI's fields that mean something here, and two that self-hosted servers add. */
export const openAiImages: ImageDialect = {
  schema: z
    .strictObject({
      ...common,
      size: sizeSchema,
      n: z.literal(1).nullish(),
      response_format: z.enum(['url', 'b64_json']).nullish(),
      quality: z.enum(['auto', 'standard', 'hd', 'low', 'medium', 'high']).nullish(),
      style: z.enum(['vivid', 'natural']).nullish(),
      user: z.string().nullish(),
    })
    .transform((body) => ({
      ...toOrder(body, body.size),
      format: 'png' as const,
      byUrl: body.response_format !== 'b64_json',
    })),
  body: dated,
};

/** Pictures inside the JSON only. */
export const nscaleImages: ImageDialect = {
  schema: z
    .strictObject({
      ...common,
      size: sizeSchema,
      n: z.literal(1).optional(),
      response_format: z.literal('b64_json').optional(),
    })
    .transform((body) => ({ ...toOrder(body, body.size), format: 'png' as const, byUrl: false })),
  body: dated,
};

export const togetherImages: ImageDialect = {
  schema: z
    .strictObject({
      ...common,
      n: z.literal(1).optional(),
      steps: pictureFields.steps.optional(),
      guidance: pictureFields.guidance.optional(),
      guidance_scale: pictureFields.guidance.optional(),
      width: pictureFields.side.default(1024),
      height: pictureFields.side.default(1024),
      output_format: z.enum(['jpeg', 'png']).default('jpeg'),
      response_format: z.enum(['base64', 'url']).default('url'),
    })
    .transform((body) => ({
      ...toOrder(body, body),
      format: body.output_format,
      byUrl: body.response_format === 'url',
    })),
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
  const png = await drawOrder(body.order);
  const bytes = body.format === 'png' ? png : await toJpeg(png);
  request.bill(digestOf(body.order));
  return images.body(
    body.byUrl
      ? { url: toAddress(request, files.put(bytes, body.format)) }
      : { b64_json: Buffer.from(bytes).toString('base64') },
  );
}
