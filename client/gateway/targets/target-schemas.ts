import { z } from 'zod';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { VERDICT_KINDS } from '../../../workflows/contracts/verdicts.ts';
import { gateReportSchema } from '../../models/models-report.ts';

export const targetSchema = z
  .object({
    role: z.enum(ROLES),
    target: z.string().describe('Its name'),
    contract: z.string().describe('What its server speaks'),
    model: z.string(),
    coldStart: z.boolean().describe('Its server sleeps when nobody calls it'),
    concurrency: z.int().describe('Calls at the same time, per worker'),
    requestsPerMinute: z.number().nullable().describe('Of all workers together; null: no limit'),
    tokens: z.int().describe('How many tokens are used in turn; 0: it is called without one'),
    gate: gateReportSchema.describe(
      'Whether calls go through to it, and the kind of error that closed it last: shared by all workers, and known only with Redis',
    ),
  })
  .meta({ id: 'Target' });

export const trafficSchema = z
  .object({
    target: z.string(),
    underWay: z.int().describe('Calls that are made now'),
    answered: z.int().describe('Calls of the last hour'),
    failed: z.int().describe('Calls of the last hour: failed, answered uselessly, or in doubt'),
    answeredAt: z.iso.datetime().nullable(),
    failedAt: z.iso.datetime().nullable(),
    failure: z
      .enum(VERDICT_KINDS)
      .nullable()
      .describe('Why it failed last; null: it never did, or who called it died before the answer'),
  })
  .meta({ id: 'Traffic' });
