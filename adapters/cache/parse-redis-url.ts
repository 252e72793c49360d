import { optional, requireUrl, type Environment } from '../settings/environment.ts';

/** `REDIS_URL`; null when unset: each process then has gates and caches of its own. Throws `SettingError`. */
export function parseRedisUrl(env: Environment): string | null {
  const url = optional(env, 'REDIS_URL');
  return url === undefined ? null : requireUrl('REDIS_URL', url, REDIS);
}

const REDIS = {
  form: /^rediss?:\/\/[^/]*(\/\d*)?$/,
  example: 'redis://user:password@host:port/database',
};
