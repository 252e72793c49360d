import { z } from 'zod';

export const queueSchema = z
  .object({
    queue: z.string(),
    kind: z
      .enum(['workflow', 'activity'])
      .describe('workflow: steps of workflows; activity: the work itself'),
    target: z
      .string()
      .nullable()
      .describe('Whose calls wait there; null: a queue of work without calls'),
    workers: z
      .int()
      .describe(
        'Workers that asked it for work in the last 90 seconds; one without a free slot asks for none',
      ),
    polledAt: z.iso.datetime().nullable().describe('Null: not for some minutes'),
    stats: z
      .object({
        backlog: z.int().describe('About how many tasks wait'),
        oldestSeconds: z.number().describe('How long the oldest of them has waited'),
        addedPerSecond: z.number().describe('Tasks over the last 30 seconds'),
        takenPerSecond: z.number(),
      })
      .nullable()
      .describe('Null: the Temporal server is too old to tell'),
  })
  .meta({ id: 'Queue' });

export const workerSchema = z
  .object({
    identity: z.string().describe('Process and machine'),
    build: z.string().nullable().describe('Of its code; null: it did not say'),
    polledAt: z.iso.datetime().describe('When it asked for work last'),
    queues: z.array(z.string()),
  })
  .meta({ id: 'Worker' });
