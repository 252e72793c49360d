import { z } from 'zod';
import { minutesSchema } from '../../../workflows/contracts/minutes.ts';
import { STAGES } from '../../../workflows/contracts/names.ts';
import { revisionSchema } from '../../../workflows/contracts/revision.ts';

/** What the routes of jobs answer. */

/** Of an answer that says: you have it. */
export const notModified = z.null().describe('As the client has it');

const approvalSchema = z
  .object({
    state: z.enum(['draft', 'returned', 'approved']),
    isExpired: z.boolean().describe('Its time is over: nobody is waited for'),
    since: z.iso.datetime(),
    until: z.iso.datetime().nullable(),
    remindedAt: z.iso.datetime().nullable(),
    filesSha256: z.string().nullable().describe('Of approved.sha256; null unless approved'),
  })
  .meta({ id: 'Approval' });

const RESULTS = ['complete', 'partial'] as const;

/** The same wherever a job is told of. */
const failureFacts = {
  failure: z.string().nullable().describe('Type of the failure; null unless failed'),
  failureMessage: z.string().nullable().describe('What failed, and what to do'),
};

const jobFacts = {
  id: z.string(),
  workflowId: z.string(),
  result: z.enum(RESULTS).nullable().describe('Of the minutes that can be read'),
  ...failureFacts,
  title: z.string().nullable(),
  date: z.string().nullable().describe('Day of the meeting'),
  language: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
};

export const LISTED_STATUSES = [
  'submitted',
  'running',
  'waiting',
  'completed',
  'failed',
  'cancelled',
] as const;

export const listedJobSchema = z
  .object({
    ...jobFacts,
    status: z.enum(LISTED_STATUSES),
    approval: approvalSchema.nullable().describe('Null: nobody is asked for it'),
  })
  .meta({ id: 'ListedJob' });

export const foundJobSchema = listedJobSchema
  .extend({ found: z.string().describe('The first line that has one of the words') })
  .meta({ id: 'FoundJob' });

const itemCountSchema = z.object({
  done: z.number(),
  total: z.number(),
  isAtLeast: z.literal(true).optional(),
});

const statusFacts = {
  status: z.enum(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled']),
  waitingFor: z.enum(['budget', 'provider', 'approval']).nullable(),
  stage: z.enum(STAGES).nullable(),
  chunks: z.object({
    done: z.number().nullable(),
    total: z.number().nullable(),
    isAtLeast: z.literal(true).optional().describe('There may be more than total'),
  }),
  degradations: minutesSchema.shape.degradations,
  costUsd: z.number().nullable(),
};

export const jobSchema = z
  .object({
    ...jobFacts,
    ...statusFacts,
    approval: approvalSchema
      .extend({
        asked: z.string().nullable().optional(),
        by: z.string().optional(),
        at: z.iso.datetime().optional(),
        remark: z.string().optional(),
        version: z.number().optional(),
        sha256: z.string().optional(),
        transcriptSha256: z.string().optional(),
      })
      .nullable(),
    template: z.string().nullable(),
  })
  .meta({ id: 'Job' });

/** The data of an event. */
export const progressSchema = z.object({
  id: z.string(),
  ...statusFacts,
  result: z.enum(RESULTS).nullable(),
  approval: approvalSchema.nullable(),
  ...failureFacts,
  stages: z
    .partialRecord(
      z.enum(STAGES),
      z.enum(['waiting', 'running', 'done', 'degraded', 'skipped', 'failed', 'cancelled']),
    )
    .nullable()
    .describe('Null when no worker answers'),
  sections: itemCountSchema.nullable(),
  unserved: z.array(z.string()).describe('Targets that calls wait for, and no worker serves'),
});

export const listedVersionSchema = z
  .object({
    version: z.number(),
    isShown: z.boolean().describe('Whether list, search and exports show it'),
    result: z.enum(RESULTS),
    approval: z.enum(['draft', 'returned', 'approved']).nullable(),
    kind: revisionSchema.shape.kind.nullable().describe('What a person did; null: a run made it'),
    base: z.number().nullable().describe('The version that was changed'),
    by: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'ListedVersion' });

const countsSchema = z.object({ all: z.number(), verified: z.number() });

/** What became of a change. */
export const changeSchema = z
  .object({
    id: z.string(),
    version: z.number().nullable().describe('The version that was made; null: none was'),
    outcome: z
      .enum(['made', 'same', 'asked', 'going-on'])
      .describe(
        'same: the minutes have the change already; asked: it takes calls, which confirm allows; going-on: it is not ready yet',
      ),
    statements: countsSchema.optional(),
    approval: approvalSchema.nullable().optional(),
    calls: z
      .object({ sections: z.number(), calls: z.number(), atMost: z.number() })
      .optional()
      .describe('What the change takes, of calls that are paid for'),
    replaced: z
      .object({ version: z.number(), statements: z.number(), summary: z.boolean() })
      .optional()
      .describe('What people wrote and a new summary does not take over'),
  })
  .meta({ id: 'Change' });
