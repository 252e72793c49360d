import { z } from 'zod';
import type { Ticket } from '../contract.ts';

/** As it lies in the ledger. The path is joined to the target's own base URL, so it can lead nowhere else. */
export const ticketSchema: z.ZodType<Ticket> = z.strictObject({
  id: z.string().min(1).max(200),
  path: z.string().max(1000).startsWith('/'),
  phase: z.string().max(40),
  handedInBy: z.string().max(64).optional(),
});
