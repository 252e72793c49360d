import { bundledFor, loadBundled } from './bundled-tokenizers.ts';
import { estimateTokens, loadEstimateCounter } from './estimate-tokens.ts';
import { fetchTokenizer, HUB_REPOSITORY, parseTokenizer, type Hub } from './hub-tokenizer.ts';
import type { TokenCounter } from './token-counter.ts';
import { createTokenizerCache } from './tokenizer-cache.ts';

/** Counts with each model's own tokenizer: bundled, else from the hub, else the estimate. Loads each when first needed. */
export type TokenCounters = ReturnType<typeof createTokenCounters>;

export function createTokenCounters({
  cacheDirectory,
  clock = () => performance.now(),
  ...hub
}: Hub & {
  /** `HANSARD_HOME/tokenizers`; created when the first tokenizer is fetched. */
  readonly cacheDirectory: string;
  /** In milliseconds; default: `performance.now()`. */
  readonly clock?: () => number;
}) {
  const cache = createTokenizerCache(cacheDirectory);
  /** By bundled family or repository. Callers wait for a tokenizer that is being fetched. */
  const counters = new Map<string, Promise<TokenCounter>>();
  const notBefore = new Map<string, number>();
  let estimate: Promise<TokenCounter> | null = null;
  const estimating = (): Promise<TokenCounter> =>
    (estimate ??= loadEstimateCounter().catch(() => FORMULA));

  const load = async (key: string, loading: () => Promise<TokenCounter>): Promise<TokenCounter> => {
    if (clock() < (notBefore.get(key) ?? -Infinity)) return await estimating();
    const counter = counters.get(key) ?? loading();
    counters.set(key, counter);
    try {
      return neverThrowing(await counter);
    } catch {
      // The failure is not reported: sections become a little shorter, and no job waits.
      counters.delete(key);
      notBefore.set(key, clock() + RETRY_AFTER_MS);
      return await estimating();
    }
  };

  const fromHub = async (repository: string): Promise<TokenCounter> => {
    const key = `${hub.hubUrl}/${repository}`;
    const counterOf = async (bytes: Uint8Array): Promise<TokenCounter> => ({
      name: repository,
      source: 'hub',
      count: await parseTokenizer(bytes),
    });
    const held = await cache.read(key);
    const counter = held && (await counterOf(held).catch(() => null));
    if (counter !== null) return counter;
    const bytes = await fetchTokenizer(hub, repository);
    const fetched = await counterOf(bytes);
    await cache.write(key, bytes);
    return fetched;
  };

  return {
    /**
     * The counter of a model as named in `hansard.yaml`. `tokenizer` is the hub repository configured for it, or null.
     * Never rejects: without the tokenizer, the counter estimates.
     */
    counterFor: async (model: string, tokenizer: string | null): Promise<TokenCounter> => {
      const named = tokenizer ?? model.replace(POLICY, '');
      const bundled = bundledFor(named);
      if (bundled !== null) return await load(bundled.name, () => loadBundled(bundled));
      // Other names of models cannot be fetched from the hub.
      if (!HUB_REPOSITORY.test(named)) return await estimating();
      return await load(named, () => fromHub(named));
    },
  };
}

/** `:cheapest`, `:groq`: the router's choice of provider, not part of the model's name. */
const POLICY = /:[\w.-]*$/;

/** After a failure the hub is not asked again for each section, but after 10 minutes. */
const RETRY_AFTER_MS = 600_000;

const FORMULA: TokenCounter = { name: 'estimate', source: 'estimate', count: estimateTokens };

/** Estimates where a tokenizer throws, so that no job fails for it. */
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
