import { z } from 'zod';

export const refusalSchema = z
  .object({
    refusedAt: z.iso.datetime(),
    requestId: z.string().describe('Finds the request in the logs'),
    keyId: z.string().nullable(),
    keyName: z.string().nullable().describe('Null: the key is gone'),
    action: z.string().nullable().describe('What was to be done; null: there is no such route'),
    status: z.int().describe('What was answered: 401, 403, or 429'),
    method: z.string(),
    route: z.string().nullable().describe('The pattern, without ids; null: there is no such route'),
  })
  .meta({ id: 'Refusal' });
