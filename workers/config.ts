import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRedisUrl } from '../adapters/cache/parse-redis-url.ts';
import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import { SettingError, type Environment } from '../adapters/settings/environment.ts';
import { hansardHome } from '../adapters/settings/hansard-home.ts';
import * as compiled from '../adapters/settings/keep-compiled.ts';

export type WorkerConfig = ReturnType<typeof parseWorkerConfig>;

/** See `adapters/settings/keep-compiled.ts`. */
export const keepCompiled = (): void => compiled.keepCompiled(process.env);

/** The worker's settings; `.env.example` explains every variable. An empty one counts as unset. Throws `SettingError`. */
export function parseWorkerConfig(env: Environment = process.env) {
  const set: Environment = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== ''),
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
    healthPort: parseHealthPort(set['HANSARD_PORT_HEALTH'] ?? '9464'),
    /** A bundle that `npm run bundle` built; null: the one in `bundleDirectory`, which is built when it is missing. */
    workflowBundle: set['HANSARD_WORKFLOW_BUNDLE'] ?? null,
    /** For parsers of further settings: `TEMPORAL_*`, `HANSARD_CONFIG`, and the variables that `hansard.yaml` names. */
    env: set,
  };
}

function parseHealthPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  const rule = 'is not a port from 0 (any free port) to 65535. Correct it.';
  throw new SettingError('invalid', `HANSARD_PORT_HEALTH ${rule}`);
}
