import { bundledFor, loadBundled } from './bundled-tokenizers.ts';
import { loadEstimateCounter } from './estimate-counter.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { fetchTokenizer, type Hub } from './fetch-tokenizer.ts';
import { HUB_REPOSITORY } from './hub-repository.ts';
import { parseTokenizer } from './parse-tokenizer.ts';
import type { TokenCounter, TokenCounters } from './token-counter.ts';
import { createTokenizerCache } from './tokenizer-cache.ts';

export interface TokenCountersOptions extends Hub {
  /** `HANSARD_HOME/tokenizers`; made when the first tokenizer is fetched. */
  readonly cacheDirectory: string;
  /** Milliseconds; default: that of the process. */
  readonly clock?: () => number;
}

/** Counters by the models' own tokenizers: bundled, else the hub's, else the estimate. Loads nothing before it is asked. */
export function createTokenCounters({
  cacheDirectory,
  clock = () => performance.now(),
  ...hub
}: TokenCountersOptions): TokenCounters {
  const cache = createTokenizerCache(cacheDirectory);
  /** By bundled family or repository: who asks while one is fetched waits for that one. */
  const counters = new Map<string, Promise<TokenCounter>>();
  const notBefore = new Map<string, number>();
  let estimate: Promise<TokenCounter> | null = null;
  const estimating = (): Promise<TokenCounter> =>
    (estimate ??= loadEstimateCounter().catch(() => FORMULA));

  const load = async (key: string, loading: () => Promise<TokenCounter>): Promise<TokenCounter> => {
    if (clock() < (notBefore.get(key) ?? -Infinity)) return await estimating();
    let counter = counters.get(key);
    if (counter === undefined) {
      counter = loading();
      counters.set(key, counter);
    }
    try {
      return neverThrowing(await counter);
    } catch {
      // Neither what failed nor why is anybody's trouble: sections are a little shorter, and no job waits.
      counters.delete(key);
      notBefore.set(key, clock() + FORGIVEN_AFTER_MS);
      return await estimating();
    }
  };

  const fromHub = async (repository: string): Promise<TokenCounter> => {
    const key = `${hub.hubUrl}/${repository}`;
    const count = await fromCache(key).catch(() => null);
    if (count !== null) return { name: repository, source: 'hub', count };
    const bytes = await fetchTokenizer(hub, repository);
    const fetched = await parseTokenizer(bytes);
    await cache.write(key, bytes);
    return { name: repository, source: 'hub', count: fetched };
  };

  const fromCache = async (key: string): Promise<((text: string) => number) | null> => {
    const held = await cache.read(key);
    return held === null ? null : await parseTokenizer(held);
  };

  return {
    counterFor: async (model, tokenizer) => {
      const named = tokenizer ?? model.replace(POLICY, '');
      const bundled = bundledFor(named);
      if (bundled !== null) return await load(bundled.name, () => loadBundled(bundled));
      // What else a server calls its model by is nowhere to be fetched.
      if (!HUB_REPOSITORY.test(named)) return await estimating();
      return await load(named, () => fromHub(named));
    },
  };
}

/** `:cheapest`, `:groq`: whom the router asks, not what it asks for. */
const POLICY = /:[\w.-]*$/;

/** A hub that refused or was away is not asked again for every section: in 10 minutes it may have come back. */
const FORGIVEN_AFTER_MS = 600_000;

const FORMULA: TokenCounter = { name: 'estimate', source: 'estimate', count: estimateTokens };

/** A tokenizer that stumbles over a text is no reason for a job to fail. */
const neverThrowing = (counter: TokenCounter): TokenCounter => ({
  ...counter,
  count: (text) => {
    try {
      return counter.count(text);
    } catch {
      return estimateTokens(text);
    }
  },
});
