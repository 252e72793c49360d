import type { Logger } from 'pino';
import { connectRedis, type RedisConnection } from '../../cache/connect-redis.ts';
import type { Environment } from '../../settings/environment.ts';
import { readInferenceConfiguration } from '../targets/read-configuration.ts';
import { createInferenceLayer, type InferenceLayer } from './create-inference-layer.ts';

/**
 * What a process needs to call the targets of `hansard.yaml`, and its connection to Redis (null: none is configured).
 * A relative `HANSARD_CONFIG` starts at the working folder. Throws `ConfigurationError`.
 */
export async function openInference({
  env,
  redisUrl,
  tokenizerDirectory,
  log,
}: {
  readonly env: Environment;
  readonly redisUrl: string | null;
  /** The folder of tokenizers from the hub. */
  readonly tokenizerDirectory: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}): Promise<{
  readonly layer: InferenceLayer;
  readonly redis: RedisConnection | null;
  readonly close: () => Promise<void>;
}> {
  const inference = await readInferenceConfiguration(env, process.cwd());
  for (const { role, name, variable } of inference.skipped) {
    log.info({ role, target: name, variable }, 'target skipped: its variable is unset');
  }
  const redis =
    redisUrl === null
      ? null
      : await connectRedis(redisUrl, { log: (message) => log.warn(message) });
  const layer = createInferenceLayer({
    inference,
    redis,
    tokenizerDirectory,
    onGateFallback: (error) =>
      log.warn(
        { error },
        'without Redis, the gates of the targets are not shared between processes',
      ),
  });
  return {
    layer,
    redis,
    close: async () => {
      await layer.close();
      redis?.close();
    },
  };
}
