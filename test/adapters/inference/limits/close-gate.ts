import { connectRedis } from '../../../../adapters/cache/connect-redis.ts';
import { createGate } from '../../../../adapters/inference/limits/create-gate.ts';
import { createRedisGateStore } from '../../../../adapters/inference/limits/gate-store.ts';

/** `close-gate.ts KEY`: another worker, whose call is answered with 429. */
const [, , key = ''] = process.argv;
const redis = await connectRedis(process.env['REDIS_URL'] ?? '');
const gate = createGate({ shared: createRedisGateStore(redis), now: () => new Date() });
const admission = await gate.admit(key);
if (!admission.admitted) throw new Error('the gate is closed already');
await gate.report(key, admission, { answered: false, kind: 'rate_limited', waitMs: 60_000 });
await gate.close();
redis.close();
