import sharp from 'sharp';
import type { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import type { FileStore, PictureFormat } from '../file-store.ts';
import { addressOf } from '../http/address.ts';
import type { Refuse } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { check, readJson, refuseField } from '../http/read-json.ts';
import { drawPicture } from '../models/procedural/draw-picture.ts';

/** What steers a picture, whatever each provider calls it. */
export interface PictureOrder {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}

export interface ImageDialect {
  readonly refuse: Refuse;
  readonly schema: z.ZodType<{
    readonly model: string;
    readonly order: PictureOrder;
    readonly format: PictureFormat;
    readonly as: 'b64_json' | 'url';
  }>;
  /** Throws where the model is not served. */
  readonly checkModel: (model: string) => void;
  readonly body: (picture: { readonly b64_json: string } | { readonly url: string }) => object;
  readonly headers: Readonly<Record<string, string>>;
}

/** `/images/generations` as OpenAI, together and nscale serve it, each in its dialect. */
export async function generateImage(
  request: RouteRequest,
  files: FileStore,
  dialect: ImageDialect,
): Promise<ModelAnswer> {
  const { refuse, schema, checkModel, body, headers } = dialect;
  const wanted = check(schema, readJson(request, refuse), refuseField(refuse));
  checkModel(wanted.model);
  const png = await drawOrder(wanted.order);
  const bytes = wanted.format === 'png' ? png : await sharp(png).jpeg().toBuffer();
  const picture =
    wanted.as === 'url'
      ? { url: addressOf(request, files.put(bytes, wanted.format)) }
      : { b64_json: Buffer.from(bytes).toString('base64') };
  return { inputDigest: digestOf(wanted.order), reply: jsonReply(body(picture), headers) };
}

/** All that steers a diffusion model steers the picture here: it is a function of the whole order. */
export const drawOrder = (order: PictureOrder): Promise<Uint8Array> =>
  drawPicture({
    prompt: order.prompt,
    width: order.width,
    height: order.height,
    seed: digestOf({ ...order }),
  });
