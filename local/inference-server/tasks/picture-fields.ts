import { z } from 'zod';

/** Fields that every provider of pictures has, with the bounds of this server's one. */
export const promptSchema = z.string().min(1).max(4000);
export const negativePromptSchema = z.string().max(4000);
/** Stable diffusion's own rule; 1536 bounds memory and time. */
export const sideSchema = z.int().min(64).max(1536).multipleOf(8);
export const seedSchema = z.int().min(0);
export const stepsSchema = z.int().min(1).max(200);
export const guidanceSchema = z.number().min(0).max(50);

/** `1024x576`; `auto` leaves it to the server. */
export const sizeSchema = z
  .string()
  .regex(/^(?:auto|\d{1,5}x\d{1,5})$/)
  .transform((size) => {
    const [width = 1024, height = 1024] = size === 'auto' ? [] : size.split('x').map(Number);
    return { width, height };
  })
  .pipe(z.object({ width: sideSchema, height: sideSchema }));
