import { z } from 'zod';
import { TEST_EVENT, WEBHOOK_EVENTS } from '../../../workflows/contracts/webhooks.ts';

const timeSchema = z.iso.datetime();

export const eventsSchema = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .describe('What it hears of.');

export const webhookSchema = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  createdAt: timeSchema,
  disabledAt: timeSchema.nullable().describe('Null: it is enabled.'),
  disabledBy: z
    .enum(['person', 'endpoint'])
    .nullable()
    .describe('endpoint: it answered 410, and wants no more.'),
  previousSecretEndsAt: timeSchema
    .nullable()
    .describe('Until then messages are signed with the secret before, too.'),
});

export const withSecretSchema = webhookSchema.extend({
  secret: z.string().describe('Signs the messages. It cannot be read again.'),
});

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;

export const deliverySchema = z.object({
  id: z.string().describe('Its webhook-id, the same at every attempt.'),
  event: z.enum([...WEBHOOK_EVENTS, TEST_EVENT]),
  job: z.string().nullable().describe('Null: a test.'),
  state: z.enum(DELIVERY_STATES).describe('dead: the attempts are used up.'),
  tries: z.int().describe('Attempts since the last replay.'),
  replays: z.int(),
  lastStatus: z.int().nullable().describe('Of the last answer; null: there was none.'),
  lastError: z.string().nullable(),
  nextAt: timeSchema.nullable().describe('When the next attempt comes.'),
  createdAt: timeSchema,
  endedAt: timeSchema.nullable(),
});
