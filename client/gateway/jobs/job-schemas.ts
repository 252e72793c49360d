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

const identity = { id: z.string(), workflowId: z.string() };

const jobFacts = {
  result: z.enum(RESULTS).nullable().describe('Of the minutes that can be read'),
  ...failureFacts,
  title: z.string().nullable(),
  sourceName: z.string().describe('Of the file'),
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
    // In the order in which `list --json` prints them.
    ...identity,
    status: z.enum(LISTED_STATUSES),
    approval: approvalSchema.nullable().describe('Null: nobody is asked for it'),
    ...jobFacts,
  })
  .meta({ id: 'ListedJob' });

export const foundJobSchema = listedJobSchema
  .extend({
    found: z.string().describe('The first line that has one of the words'),
    foundAt: z.number().describe('Where in it the word begins'),
  })
  .meta({ id: 'FoundJob' });

const itemCountSchema = z.object({
  done: z.number(),
  total: z.number(),
  isAtLeast: z.literal(true).exactOptional(),
});

const statusFacts = {
  status: z.enum(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled']),
  waitingFor: z.enum(['budget', 'provider', 'approval']).nullable(),
  stage: z.enum(STAGES).nullable(),
  chunks: z.object({
    done: z.number().nullable(),
    total: z.number().nullable(),
    isAtLeast: z.literal(true).exactOptional().describe('There may be more than total'),
  }),
  degradations: minutesSchema.shape.degradations,
  costUsd: z.number().nullable(),
};

/** What a worker says of a run. */
const progressFacts = {
  stages: z
    .partialRecord(
      z.enum(STAGES),
      z.enum(['waiting', 'running', 'done', 'degraded', 'skipped', 'failed', 'cancelled']),
    )
    .nullable()
    .describe('Null when no worker answers'),
  sections: itemCountSchema.nullable(),
  unserved: z.array(z.string()).describe('Targets that calls wait for, and no worker serves'),
};

export const jobSchema = z
  .object({
    ...identity,
    ...jobFacts,
    ...statusFacts,
    ...progressFacts,
    approval: approvalSchema
      .extend({
        asked: z.string().nullable().exactOptional(),
        by: z.string().exactOptional(),
        at: z.iso.datetime().exactOptional(),
        remark: z.string().exactOptional(),
        version: z.number().exactOptional(),
        sha256: z.string().exactOptional(),
        transcriptSha256: z.string().exactOptional(),
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
  ...progressFacts,
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

/** What became of a file that was posted. */
export const submittedSchema = z.object({
  id: z.string(),
  workflowId: z.string(),
  reused: z.boolean().describe('Nothing was started: the job runs, or has its minutes'),
  retitled: z
    .enum(['everywhere', 'list'])
    .exactOptional()
    .describe('The job has the new title; list: its documents keep the old one'),
  approvalIgnored: z
    .literal(true)
    .exactOptional()
    .describe('The job exists, and stays without approval'),
  approvalStands: z
    .object({ asked: z.string().nullable(), withinSeconds: z.number() })
    .exactOptional()
    .describe('The job exists, and what it asks for is something else than was wanted now'),
  isComplete: z.boolean().describe('The job exists, and its minutes are there'),
  waitsForWorker: z.boolean().describe('The job has started, and no worker is running'),
});

/** What became of a job that is run again. */
export const retriedSchema = z.object({
  id: z.string(),
  workflowId: z.string(),
  reused: z.boolean().describe('It had just been started'),
  lackedSpeakers: z.literal(true).exactOptional().describe('Who spoke is asked again'),
});

/** What people did to the version that a job shows. */
const shownSchema = z.object({
  version: z.number(),
  asked: z.string().nullable().describe('Who is asked to approve it'),
  stays: z
    .enum(['approved', 'changed by a person'])
    .nullable()
    .describe('Why no run replaces it; null: one that lacks no more does'),
  approval: approvalSchema.nullable(),
});

export const versionsSchema = z.object({
  id: z.string(),
  versions: z.array(listedVersionSchema),
  shown: shownSchema.nullable().describe('Null: there are no minutes, or they cannot be read'),
});

/** The names of the files of a version. */
export const exportsSchema = z
  .object({
    id: z.string(),
    version: z.number(),
    filesSha256: z
      .string()
      .nullable()
      .describe('Of approved.sha256, which has the digests of the others; null unless approved'),
    files: z.array(z.object({ name: z.string(), bytes: z.number(), contentType: z.string() })),
  })
  .meta({ id: 'Exports' });

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
    statementsBefore: countsSchema.optional().describe('In the version that was changed'),
    approval: approvalSchema.nullable().optional(),
    calls: z
      .object({ sections: z.number(), calls: z.number(), atMost: z.number() })
      .optional()
      .describe('What the change takes, of calls that are paid for'),
    replaced: z
      .object({ version: z.number(), statements: z.number(), summary: z.boolean() })
      .optional()
      .describe('What people wrote and a new summary does not take over'),
    asked: z.string().nullable().optional().describe('Who is asked to approve the version'),
    change: z
      .string()
      .optional()
      .describe('going-on: what GET /api/jobs/{id}/change takes, which waits for it'),
    sections: itemCountSchema.optional().describe('going-on: those that are summarised'),
  })
  .meta({ id: 'Change' });
