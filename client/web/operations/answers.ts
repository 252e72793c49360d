import type { z } from 'zod';
import type { queueSchema, workerSchema } from '../../gateway/queues/queue-schemas.ts';
import type { refusalSchema } from '../../gateway/refusal-schema.ts';
import type { scheduleSchema } from '../../gateway/schedules/schedule-schema.ts';
import type { targetSchema, trafficSchema } from '../../gateway/targets/target-schemas.ts';
import type {
  deliverySchema,
  webhookSchema,
  withSecretSchema,
} from '../../gateway/webhooks/webhook-schemas.ts';
import type { ListedJob } from '../api/answers.ts';

/** What the gateway answers to those who run the installation, as its own schemas say it. */

export type Queue = z.infer<typeof queueSchema>;
export type Worker = z.infer<typeof workerSchema>;
export type Target = z.infer<typeof targetSchema>;
export type Traffic = z.infer<typeof trafficSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;
export type Webhook = z.infer<typeof webhookSchema>;
export type WebhookWithSecret = z.infer<typeof withSecretSchema>;
export type Delivery = z.infer<typeof deliverySchema>;
export type Refusal = z.infer<typeof refusalSchema>;

type Temporal = 'ok' | 'fault';

export interface Queues {
  readonly temporal: Temporal;
  readonly queues: readonly Queue[];
  readonly jobs: Readonly<Record<ListedJob['status'], number>>;
}

export interface Workers {
  readonly temporal: Temporal;
  readonly workers: readonly Worker[];
}

export interface Targets {
  readonly targets: readonly Target[];
  readonly skipped: readonly Pick<Target, 'role' | 'target'>[];
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly next: string | null;
}

export interface RefusalPage {
  readonly refusals: readonly Refusal[];
  readonly next: string | null;
}
