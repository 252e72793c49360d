import { hungriest } from '../../adapters/inference/tokenizers/token-counter.ts';
import type { Dependencies } from '../dependencies.ts';
import { withHeartbeat } from '../with-heartbeat.ts';

/**
 * What no summarising target of this worker counts higher: what fits by it fits every target of the chain. With
 * heartbeats: a tokenizer of the hub may take a minute to come.
 */
export async function chainCounter({
  inference,
  tokens,
}: Pick<Dependencies, 'inference' | 'tokens'>): Promise<(text: string) => number> {
  const { summarize } = inference.roles;
  // A worker without targets cuts for nobody; the estimate serves.
  const asked = summarize.length === 0 ? [{ model: '', tokenizer: null }] : summarize;
  const counters = await withHeartbeat(() =>
    Promise.all(asked.map(({ model, tokenizer }) => tokens.counterFor(model, tokenizer))),
  );
  const named = new Map(counters.map((counter) => [counter.name, counter]));
  return hungriest([...named.values()]);
}
