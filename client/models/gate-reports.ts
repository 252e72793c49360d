import type { Target } from '../../adapters/inference/targets/target.ts';
import { createGate } from '../../adapters/inference/limits/create-gate.ts';
import { createRedisGateStore } from '../../adapters/inference/limits/gate-store.ts';
import { fingerprint } from '../../adapters/inference/targets/record-target.ts';
import type { RedisConnection } from '../../adapters/cache/connect-redis.ts';
import type { GateReport } from './models-report.ts';

export type GateReports = (target: Target) => Promise<GateReport>;

/** The gates that all workers share in Redis. Without Redis each worker has its own, which cannot be seen from here. */
export function createGateReports(redis: Pick<RedisConnection, 'eval'> | null): GateReports {
  if (redis === null) return () => Promise.resolve(unknown('no Redis'));
  let lost = false;
  const gate = createGate({
    shared: createRedisGateStore(redis),
    now: () => new Date(),
    // The gate would go on with this process's own state, which says nothing about the workers.
    onFallback: () => {
      lost = true;
    },
  });
  return async (target) => {
    const { state, reason, closedForMs } = await gate.state(fingerprint(target));
    return lost ? unknown('Redis does not answer') : { state, reason, closedForMs, detail: null };
  };
}

const unknown = (detail: string): GateReport => ({
  state: 'unknown',
  reason: null,
  closedForMs: 0,
  detail,
});
