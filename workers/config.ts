import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRedisUrl } from '../adapters/cache/parse-redis-url.ts';
import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import { SettingError, type Environment } from '../adapters/settings/environment.ts';
import { hansardHome } from '../adapters/settings/hansard-home.ts';
import { withSecretFiles } from '../adapters/settings/secret-files.ts';
import { loopbackAllowed } from '../adapters/webhooks/loopback-allowed.ts';
import * as compiled from '../adapters/settings/keep-compiled.ts';

export type WorkerConfig = ReturnType<typeof parseWorkerConfig>;

/** See `adapters/settings/keep-compiled.ts`. */
export const keepCompiled = (): void => compiled.keepCompiled(process.env);

/** The worker's settings; `.env.example` explains every variable. An empty one counts as unset. Throws `SettingError`. */
export function parseWorkerConfig(env: Environment = process.env) {
  const set: Environment = Object.fromEntries(
    Object.entries(withSecretFiles(env)).filter(([, value]) => value !== ''),
  );
  const home = hansardHome(set);
  return {
    objectStore: parseS3Settings(set),
    databaseUrl: parseDatabaseUrl(set),
    /** Shared by all workers; null: each worker has gates of its own. */
    redisUrl: parseRedisUrl(set),
    binaries: {
      ffmpeg: set['HANSARD_FFMPEG'] ?? 'ffmpeg',
      ffprobe: set['HANSARD_FFPROBE'] ?? 'ffprobe',
    },
    scratchDirectory: tmpdir(),
    /** Where tokenizers from the hub are kept. */
    tokenizerDirectory: join(home, 'tokenizers'),
    bundleDirectory: join(home, 'bundles'),
    healthPort: parseWhole(
      set,
      'HANSARD_PORT_HEALTH',
      [9464, 65_535],
      'is not a port from 0 (any free port) to 65535',
    ),
    /** For tests: messages may go to this machine itself. */
    webhookLoopback: loopbackAllowed(set),
    /** The default is the longest deadline of a call: 15 s less than the 5 min of `illustrate` in `workflows/policies.ts`. */
    shutdownGraceSeconds: parseWhole(
      set,
      'HANSARD_SHUTDOWN_GRACE',
      [285, 86_400],
      'is not a number of whole seconds from 0 to 86400',
    ),
    /** A bundle that `npm run bundle` built; null: the one in `bundleDirectory`, which is built when it is missing. */
    workflowBundle: set['HANSARD_WORKFLOW_BUNDLE'] ?? null,
    /** For parsers of further settings: `TEMPORAL_*`, `HANSARD_CONFIG`, and the variables that `hansard.yaml` names. */
    env: set,
  };
}

function parseWhole(
  set: Environment,
  name: string,
  [byDefault, most]: readonly [number, number],
  rule: string,
): number {
  const text = set[name] ?? String(byDefault);
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw new SettingError('invalid', `${name} ${rule}. Correct it.`);
}
