import { z } from 'zod';

/** What the routes of keys answer. */

const timeSchema = z.iso.datetime();

const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  state: z.enum(['live', 'expired', 'revoked']),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable().describe('To the minute.'),
  revokedAt: timeSchema.nullable(),
});

export const keysSchema = z.object({ keys: z.array(keySchema) });

export const madeKeySchema = keySchema.extend({ key: z.string(), tenant: z.string() });
