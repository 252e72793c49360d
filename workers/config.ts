import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { S3Options } from '../adapters/object-store/create-s3-client.ts';
import { defaultHome } from '../client/default-home.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the worker is told by its environment; `.env.example` explains every variable. */
export interface WorkerConfig {
  readonly objectStore: S3Options;
  readonly databaseUrl: string;
  /** What workers share beyond Temporal and PostgreSQL; null: each has its own. */
  readonly redisUrl: string | null;
  /** The path and contents of `hansard.yaml`; null contents: the default targets. */
  readonly inference: { readonly path: string; readonly text: string | null };
  readonly binaries: { readonly ffmpeg: string; readonly ffprobe: string };
  readonly scratchDirectory: string;
  /** Where tokenizers from the hub are kept. */
  readonly tokenizerDirectory: string;
  /** 0: any free port. */
  readonly healthPort: number;
  /** A bundle that `npm run bundle` built; null: workflows are bundled at start. */
  readonly workflowBundle: string | null;
  /** Passed on to those who read a part of their own: `TEMPORAL_*`, and the variables of `hansard.yaml`. */
  readonly env: Environment;
}

/** A variable is missing or makes no sense; the message names it and says what to do. */
export class WorkerConfigError extends Error {
  override readonly name = 'WorkerConfigError';
}

const schema = z
  .object({
    S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
    S3_BUCKET: z.string().min(1),
    AWS_REGION: z.string().default('us-east-1'),
    AWS_ACCESS_KEY_ID: z.string().min(1),
    AWS_SECRET_ACCESS_KEY: z.string().min(1),
    AWS_SESSION_TOKEN: z.string().optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
    HANSARD_CONFIG: z.string().optional(),
    HANSARD_HOME: z.string().default(defaultHome),
    HANSARD_FFMPEG: z.string().default('ffmpeg'),
    HANSARD_FFPROBE: z.string().default('ffprobe'),
    HANSARD_PORT_HEALTH: z.coerce.number().int().min(0).max(65_535).default(9464),
    HANSARD_WORKFLOW_BUNDLE: z.string().optional(),
  })
  .transform((env) => ({
    objectStore: {
      // Without an endpoint it is Amazon's own of the region.
      endpoint: env.S3_ENDPOINT ?? `https://s3.${env.AWS_REGION}.amazonaws.com`,
      region: env.AWS_REGION,
      bucket: env.S3_BUCKET,
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      sessionToken: env.AWS_SESSION_TOKEN,
      forcePathStyle: env.S3_ENDPOINT !== undefined,
    },
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL ?? null,
    configPath: env.HANSARD_CONFIG ?? null,
    binaries: { ffmpeg: env.HANSARD_FFMPEG, ffprobe: env.HANSARD_FFPROBE },
    scratchDirectory: tmpdir(),
    tokenizerDirectory: join(env.HANSARD_HOME, 'tokenizers'),
    healthPort: env.HANSARD_PORT_HEALTH,
    workflowBundle: env.HANSARD_WORKFLOW_BUNDLE ?? null,
  }));

/** Throws `WorkerConfigError`. An empty variable counts as unset. */
export function parseWorkerConfig(env: Environment = process.env): WorkerConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(set);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? 'the environment');
    const what = set[name] === undefined ? 'is missing' : 'makes no sense';
    throw new WorkerConfigError(
      `${name} ${what}. Set it in the environment (see .env.example), or start everything with npm run local.`,
    );
  }
  const { configPath, ...config } = parsed.data;
  return {
    ...config,
    inference: { path: configPath ?? 'hansard.yaml', text: readConfiguration(configPath) },
    env: set,
  };
}

function readConfiguration(path: string | null): string | null {
  if (path === null) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new WorkerConfigError(
      `HANSARD_CONFIG names ${path}, which cannot be read. Correct the path, or unset it for the default targets.`,
      { cause: error },
    );
  }
}
