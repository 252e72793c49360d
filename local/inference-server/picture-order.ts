import { z } from 'zod';
import { digestOf } from '../../adapters/identity/digest.ts';
import { drawPicture } from './models/procedural/draw-picture.ts';

/** What steers a picture. */
export interface PictureOrder {
  readonly prompt: string;
  readonly negative_prompt: string;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}

/** The step is Stable Diffusion's own rule; 1536 limits memory and time. */
export const sideSchema = z.int().min(64).max(1536).multipleOf(8);

/** The fields that every provider has by the same name, with the limits of this server's model. */
export const pictureFields = {
  prompt: z.string().min(1).max(4000),
  negative_prompt: z.string().max(4000).default(''),
  seed: z.int().min(0).default(0),
};
export const stepsSchema = z.int().min(1).max(200).optional();
export const guidanceSchema = z.number().min(0).max(50).optional();

/** A PNG. Every field of the order changes the picture, as every field steers a diffusion model. */
export const drawOrder = ({ prompt, ...steering }: PictureOrder): Promise<Uint8Array> =>
  drawPicture({ prompt, width: steering.width, height: steering.height, seed: digestOf(steering) });

export async function toJpeg(picture: Uint8Array): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(picture).jpeg().toBuffer();
}
