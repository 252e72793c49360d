import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRedisUrl } from '../adapters/cache/parse-redis-url.ts';
import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import type { S3Options } from '../adapters/object-store/create-s3-client.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import { optional, SettingError, type Environment } from '../adapters/settings/environment.ts';
import { hansardHome } from '../adapters/settings/hansard-home.ts';
import * as compiled from '../adapters/settings/keep-compiled.ts';

/** The worker's settings; `.env.example` explains every variable. */
export interface WorkerConfig {
  readonly objectStore: S3Options;
  readonly databaseUrl: string;
  /** Shared by all workers; null: each worker has gates of its own. */
  readonly redisUrl: string | null;
  readonly binaries: { readonly ffmpeg: string; readonly ffprobe: string };
  readonly scratchDirectory: string;
  /** Where tokenizers from the hub are kept. */
  readonly tokenizerDirectory: string;
  /** Where workflow bundles are kept. */
  readonly bundleDirectory: string;
  /** 0: any free port. */
  readonly healthPort: number;
  /** A bundle that `npm run bundle` built; null: the one in `bundleDirectory`, which is built when it is missing. */
  readonly workflowBundle: string | null;
  /** For parsers of further settings: `TEMPORAL_*`, `HANSARD_CONFIG`, and the variables that `hansard.yaml` names. */
  readonly env: Environment;
}

/** See `adapters/settings/keep-compiled.ts`. */
export const keepCompiled = (): void => compiled.keepCompiled(process.env);

/** Throws `SettingError`. An empty variable counts as unset. */
export function parseWorkerConfig(env: Environment = process.env): WorkerConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const home = hansardHome(set);
  return {
    objectStore: parseS3Settings(set),
    databaseUrl: parseDatabaseUrl(set),
    redisUrl: parseRedisUrl(set),
    binaries: {
      ffmpeg: set['HANSARD_FFMPEG'] ?? 'ffmpeg',
      ffprobe: set['HANSARD_FFPROBE'] ?? 'ffprobe',
    },
    scratchDirectory: tmpdir(),
    tokenizerDirectory: join(home, 'tokenizers'),
    bundleDirectory: join(home, 'bundles'),
    healthPort: parsePort(set, 'HANSARD_PORT_HEALTH', 9464),
    workflowBundle: set['HANSARD_WORKFLOW_BUNDLE'] ?? null,
    env: set,
  };
}

function parsePort(env: Environment, name: string, fallback: number): number {
  const text = optional(env, name) ?? String(fallback);
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new SettingError(
    'invalid',
    `${name} is not a port from 0 (any free port) to 65535. Correct it.`,
  );
}
