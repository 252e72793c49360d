import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { withHeartbeat } from '../with-heartbeat.ts';

/**
 * Posts a message once, and writes down what became of it. A worker that dies in between leaves the row as it was: the
 * message is posted again under the same id, by which its receiver knows it.
 */
export const postWebhook =
  ({
    deliveries,
    postMessage,
    countDelivery,
  }: Pick<
    Dependencies,
    'deliveries' | 'postMessage' | 'countDelivery'
  >): Activities['postWebhook'] =>
  async ({ delaysMs, ...reference }) => {
    const attempt = await withHeartbeat(async ({ signal }) => {
      const message = await deliveries.open(reference);
      if (message === null) return { state: 'withdrawn' as const, waitMs: 0, tries: 0 };
      if (message.isDisabled) {
        await deliveries.end(reference, 'dead', null);
        return { state: 'dead' as const, waitMs: 0, tries: message.tries };
      }
      const { url, payload: body, secrets } = message;
      const posted = await postMessage({ id: reference.deliveryId, url, body, secrets }, signal);
      const tries = message.tries + 1;
      const delayMs = delaysMs[message.tries];
      if (posted.verdict === 'accepted') {
        await deliveries.end(reference, 'delivered', posted);
        return { state: 'delivered' as const, waitMs: 0, tries };
      }
      if (posted.verdict === 'refused' && delayMs !== undefined) {
        const waitMs = Math.max(delayMs, Math.min(posted.retryAfterMs ?? 0, LONGEST_WAIT_MS));
        await deliveries.wait(reference, posted, waitMs);
        return { state: 'waiting' as const, waitMs, tries };
      }
      if (posted.verdict === 'gone') await deliveries.disableEndpoint(reference);
      await deliveries.end(reference, 'dead', posted);
      return { state: 'dead' as const, waitMs: 0, tries };
    });
    if (attempt.state !== 'withdrawn') countDelivery(attempt.state);
    return attempt;
  };

/** However long a receiver wants to be left alone. */
const LONGEST_WAIT_MS = 24 * 3_600_000;
