import type { RedisConnection } from '../../cache/connect-redis.ts';
import { createGuardedAgent } from '../wire/address-guard.ts';
import { createExchange } from '../wire/exchange.ts';
import { createGate, type Gate } from '../limits/create-gate.ts';
import { createRedisGateStore } from '../limits/gate-store.ts';
import type { InferenceConfiguration } from '../targets/load-configuration.ts';
import { createInferenceMetrics } from '../metrics/create-inference-metrics.ts';
import type { InferenceMetrics } from '../metrics/create-inference-metrics.ts';
import { fingerprint } from '../targets/record-target.ts';
import { createTransport, type Transport } from '../wire/send.ts';
import { createApiTokenPool, type ApiTokenPool } from '../limits/api-token-pool.ts';
import { createHubGuard } from '../tokenizers/hub-tokenizer.ts';
import { createTokenCounters } from '../tokenizers/create-token-counters.ts';
import type { TokenCounters } from '../tokenizers/token-counter.ts';

/** Everything that a process needs to call models. */
export interface InferenceLayer {
  readonly inference: InferenceConfiguration;
  readonly transport: Transport;
  readonly gate: Gate;
  /** One pool per target. */
  readonly apiTokenPoolOf: (target: string) => ApiTokenPool;
  readonly metrics: InferenceMetrics;
  /** Counts tokens with each target's own tokenizer. */
  readonly tokens: TokenCounters;
  readonly close: () => Promise<void>;
}

/** Creates the connections, gates, token pools, counters and metrics of one process. */
export function createInferenceLayer(options: {
  readonly inference: InferenceConfiguration;
  /** Null: the process has its own gates. */
  readonly redis: RedisConnection | null;
  /** The folder of tokenizers from the hub. */
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
  const pools = new Map<string, ApiTokenPool>();
  return {
    inference,
    transport,
    gate,
    metrics,
    apiTokenPoolOf: (target) => {
      let pool = pools.get(target);
      if (pool === undefined) pools.set(target, (pool = createApiTokenPool({ now })));
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
