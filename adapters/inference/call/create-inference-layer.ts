import type { RedisConnection } from '../../cache/connect-redis.ts';
import { createGuardedAgent } from '../wire/address-guard.ts';
import { createExchange } from '../wire/exchange.ts';
import { createCallSlots } from '../limits/call-slots.ts';
import { createGate } from '../limits/create-gate.ts';
import { createRedisGateStore } from '../limits/gate-store.ts';
import type { InferenceConfiguration } from '../targets/load-configuration.ts';
import { createInferenceMetrics } from '../metrics/create-inference-metrics.ts';
import { createTokenLimitMemory } from '../targets/token-limit-memory.ts';
import { fingerprint } from '../targets/record-target.ts';
import { createTransport } from '../wire/send.ts';
import { createApiTokenPool, type ApiTokenPool } from '../limits/api-token-pool.ts';
import { createTokenCounters } from '../tokenizers/create-token-counters.ts';

/** Everything that a process needs to call models. */
export type InferenceLayer = ReturnType<typeof createInferenceLayer>;

/** Creates the connections, gates, token pools, counters and metrics of one process. */
export function createInferenceLayer({
  inference,
  redis,
  tokenizerDirectory,
  onGateFallback,
}: {
  readonly inference: InferenceConfiguration;
  /** Null: the process has its own gates. */
  readonly redis: RedisConnection | null;
  /** The folder of tokenizers from the hub. */
  readonly tokenizerDirectory: string;
  readonly onGateFallback: (error: unknown) => void;
}) {
  const now = () => new Date();
  const targets = Object.values(inference.roles).flat();
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
    onFallback: onGateFallback,
    onClosing: (closed, reason) => {
      for (const [name, key] of keys) if (key === closed) metrics.countClosing(name, reason);
    },
  });
  const pools = new Map<string, ApiTokenPool>();
  return {
    inference,
    transport,
    gate,
    metrics,
    callSlots: createCallSlots(),
    /** One pool per target. */
    apiTokenPoolOf: (target: string): ApiTokenPool => {
      const pool = pools.get(target) ?? createApiTokenPool({ now });
      pools.set(target, pool);
      return pool;
    },
    tokenLimits: createTokenLimitMemory(),
    /** Counts tokens with each target's own tokenizer. */
    tokens: createTokenCounters({
      ...inference.services,
      exchange: transport.exchange,
      guarded: createExchange({ agent: guardedAgent, userAgent: USER_AGENT }),
      cacheDirectory: tokenizerDirectory,
    }),
    close: async (): Promise<void> => {
      await gate.close();
      await Promise.all([transport.close(), guardedAgent.close()]);
    },
  };
}

const USER_AGENT = 'hansard/0.1';
