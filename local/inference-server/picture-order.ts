import { z } from 'zod';
import { digestOf } from '../../adapters/identity/digest.ts';
import { drawPicture } from './models/procedural/draw-picture.ts';

/** What steers a picture, whatever each provider calls it. */
export interface PictureOrder {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}

/** The fields that every provider has, with the limits of this server's model. */
export const pictureFields = {
  prompt: z.string().min(1).max(4000),
  negativePrompt: z.string().max(4000).default(''),
  /** The step is Stable Diffusion's own rule; 1536 limits memory and time. */
  side: z.int().min(64).max(1536).multipleOf(8),
  seed: z.int().min(0).default(0),
  steps: z.int().min(1).max(200),
  guidance: z.number().min(0).max(50),
};

/** A PNG. Every field of the order changes the picture, as every field steers a diffusion model. */
export const drawOrder = (order: PictureOrder): Promise<Uint8Array> =>
  drawPicture({
    prompt: order.prompt,
    width: order.width,
    height: order.height,
    seed: digestOf({ ...order }),
  });

export async function toJpeg(picture: Uint8Array): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(picture).jpeg().toBuffer();
}
