import { z } from 'zod';

/** A name or the like, on one line. */
export const shortTextSchema = z
  .string()
  .min(1, 'is empty')
  .max(100, 'has more than 100 characters')
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'has control characters or broken ones');
