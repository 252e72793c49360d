import type { Dependencies } from '../activities/dependencies.ts';
import type { RedisConnection } from '../adapters/cache/redis-connection.ts';
import { createGuardedAgent } from '../adapters/inference/address-guard.ts';
import { createExchange } from '../adapters/inference/exchange.ts';
import { createGate } from '../adapters/inference/gate/create-gate.ts';
import { createRedisGateStore } from '../adapters/inference/gate/redis-gate-store.ts';
import type { InferenceConfiguration } from '../adapters/inference/load-configuration.ts';
import { createInferenceMetrics } from '../adapters/inference/metrics/create-inference-metrics.ts';
import { fingerprint } from '../adapters/inference/record-target.ts';
import { createTransport } from '../adapters/inference/send.ts';
import { createTokenPool, type TokenPool } from '../adapters/inference/token-pool.ts';
import { createHubGuard } from '../adapters/inference/tokens/hub-guard.ts';
import { createTokenCounters } from '../adapters/inference/tokens/create-token-counters.ts';

export type InferenceLayer = Pick<
  Dependencies,
  'inference' | 'transport' | 'gate' | 'tokenPoolOf' | 'tokens' | 'metrics'
> & { readonly close: () => Promise<void> };

/** What stands between activities and providers in one process: connections, gates, tokens, counters. */
export function createInferenceLayer(options: {
  readonly inference: InferenceConfiguration;
  /** Null: gates are this process's own. */
  readonly redis: RedisConnection | null;
  /** Where tokenizers from the hub are kept. */
  readonly tokenizerDirectory: string;
  readonly onGateFallback: (error: unknown) => void;
}): InferenceLayer {
  const { inference, redis } = options;
  const now = () => new Date();
  const targets = Object.values(inference.roles).flat();
  const namesOf = (key: string) =>
    targets.filter((target) => fingerprint(target) === key).map(({ name }) => name);
  const keys = new Map(targets.map((target) => [target.name, fingerprint(target)]));

  const guardedAgent = createGuardedAgent();
  const transport = createTransport({
    userAgent: USER_AGENT,
    routerUrl: inference.services.routerUrl,
  });
  const metrics = createInferenceMetrics({
    targets,
    gateState: (target) => gate.state(keys.get(target) ?? target),
  });
  const gate = createGate({
    shared: redis === null ? null : createRedisGateStore(redis),
    now,
    onFallback: options.onGateFallback,
    onClosing: (key, reason) => {
      for (const name of namesOf(key)) metrics.countClosing(name, reason);
    },
  });
  const pools = new Map<string, TokenPool>();
  return {
    inference,
    transport,
    gate,
    metrics,
    tokenPoolOf: (target) => {
      let pool = pools.get(target);
      if (pool === undefined) pools.set(target, (pool = createTokenPool({ now })));
      return pool;
    },
    tokens: createTokenCounters({
      exchange: transport.exchange,
      hubUrl: inference.services.hubUrl,
      hubTokens: inference.services.hubTokens,
      guard: createHubGuard({
        hubUrl: inference.services.hubUrl,
        exchange: transport.exchange,
        guarded: createExchange({ agent: guardedAgent, userAgent: USER_AGENT }),
      }),
      cacheDirectory: options.tokenizerDirectory,
    }),
    close: async () => {
      await gate.close();
      await Promise.all([transport.close(), guardedAgent.close()]);
    },
  };
}

const USER_AGENT = 'hansard/0.1';
