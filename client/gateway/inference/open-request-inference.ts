import { join } from 'node:path';
import type { Logger } from 'pino';
import { createCache } from '../../../adapters/cache/cache.ts';
import { parseCacheCipher } from '../../../adapters/cache/cache-cipher.ts';
import { parseRedisUrl } from '../../../adapters/cache/parse-redis-url.ts';
import { openInference } from '../../../adapters/inference/call/open-inference.ts';
import { hansardHome } from '../../../adapters/settings/hansard-home.ts';
import type { Environment } from '../../config.ts';

/**
 * What requests for inference work with: the targets of `hansard.yaml`, and the cache of their answers. Throws
 * `ConfigurationError`, `SettingError`.
 */
export async function openRequestInference(env: Environment, log: Pick<Logger, 'info' | 'warn'>) {
  const cipher = parseCacheCipher(env);
  const { layer, redis, close } = await openInference({
    env,
    log,
    redisUrl: parseRedisUrl(env),
    tokenizerDirectory: join(hansardHome(env), 'tokenizers'),
  });
  const onProblem = (message: string) => log.warn(message);
  return { layer, cache: createCache({ redis, onProblem, ...(cipher && { cipher }) }), close };
}
