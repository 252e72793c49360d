import { Counter, Registry } from 'prom-client';

/** What an attempt to post a message ended with; `dead`: it is not tried again, and its receiver never heard of it. */
const DELIVERY_OUTCOMES = ['delivered', 'waiting', 'dead'] as const;
type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

export type DeliveryMetrics = ReturnType<typeof createDeliveryMetrics>;

/** Metrics of the messages to webhooks, without tenants and addresses. Uses a registry of its own. */
export function createDeliveryMetrics() {
  const registry = new Registry();
  const attempts = new Counter({
    name: 'hansard_webhook_tries_total',
    help: 'Attempts to post a message to a webhook, by what became of the message',
    labelNames: ['outcome'],
    registers: [registry],
  });
  // A series that appears with its first failure is no increase to an alert.
  for (const outcome of DELIVERY_OUTCOMES) attempts.inc({ outcome }, 0);
  return {
    count: (outcome: DeliveryOutcome): void => attempts.inc({ outcome }),
    text: async (): Promise<string> => await registry.metrics(),
  };
}
