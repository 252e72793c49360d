import { createCache } from '../../../adapters/cache/cache.ts';
import { connectRedis } from '../../../adapters/cache/connect-redis.ts';
import type { CacheProcessAnswer, CacheProcessQuestion } from './in-another-process.ts';

// Another process with a cache over the same Redis, that does what the test tells it.
const redis = await connectRedis(process.env['REDIS_URL'] ?? '');
const cache = createCache({ redis });
let loads = 0;

async function answer(question: CacheProcessQuestion): Promise<CacheProcessAnswer> {
  if (question.verb === 'erase') {
    await cache.eraseTenant(question.tenant);
    return { value: null, from: null, loads };
  }
  const { value, from } = await cache.getOrLoad(question.tenant, question.key, async () => {
    loads += 1;
    await new Promise((resolve) => setTimeout(resolve, question.loadMs));
    return { value: Buffer.from(question.value) };
  });
  return { value: value === null ? null : Buffer.from(value).toString(), from, loads };
}

process.on('message', (message) => {
  const { id, question } = message as { id: number; question: CacheProcessQuestion };
  void answer(question).then((answered) => process.send?.({ id, answered }));
});
process.on('disconnect', () => redis.close());
process.send?.('ready');
