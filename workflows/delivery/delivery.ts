import { setCurrentDetails, sleep } from '@temporalio/workflow';
import { webhooks } from '../activities.ts';
import { RETRY_DELAYS_MS, type DeliveryReference } from '../contracts/webhooks.ts';

interface DeliveryInput extends DeliveryReference {
  /** Instead of `RETRY_DELAYS_MS`. */
  readonly delaysMs?: readonly number[];
}

/**
 * Posts one message to one endpoint until the endpoint takes it, or the attempts are used up. What became of each attempt
 * stands in the row, so that a run which is started anew goes on with the next one. Ten attempts have about 110 events.
 */
export async function delivery(input: DeliveryInput): Promise<'delivered' | 'dead' | 'withdrawn'> {
  const { delaysMs = RETRY_DELAYS_MS, ...reference } = input;
  for (;;) {
    const { state, waitMs, tries } = await webhooks.postWebhook({ ...reference, delaysMs });
    if (state !== 'waiting') return state;
    setCurrentDetails(`Attempt ${tries} failed. The next one comes ${inWords(waitMs)} later.`);
    await sleep(waitMs);
  }
}

const inWords = (ms: number): string =>
  ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
