import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { S3Options } from '../adapters/object-store/create-s3-client.ts';
import { DEFAULT_TENANT, TENANT_PATTERN } from '../workflows/contracts/names.ts';
import { defaultHome } from './default-home.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that the command line works with: the process's own, or, where those name no service at all,
 * the ones of this clone's local stack with the process's own on top.
 */
export function readEnvironment(own: Environment = process.env): {
  env: Environment;
  /** The `stack.json` that filled the gaps; null: none was needed or found. */
  localStack: string | null;
} {
  if (SERVICE_VARIABLES.some((name) => isSet(own[name]))) return { env: own, localStack: null };
  const path = localStackPath(own);
  const stack = readStack(path);
  if (stack === null) return { env: own, localStack: null };
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => isSet(value)));
  return { env: { ...stack.env, ...set }, localStack: path };
}

/** `INIT_CWD` is where the user stands; npm runs scripts in the clone's root. */
export const workingFolder = (env: Environment): string => env['INIT_CWD'] ?? process.cwd();

export function parseObjectStoreConfig(env: Environment): S3Options {
  return parse(
    env,
    z
      .object({
        S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
        S3_BUCKET: z.string(),
        AWS_REGION: z.string().default('us-east-1'),
        AWS_ACCESS_KEY_ID: z.string(),
        AWS_SECRET_ACCESS_KEY: z.string(),
        AWS_SESSION_TOKEN: z.string().optional(),
      })
      .transform((s3) => ({
        // Without an endpoint it is Amazon's own of the region.
        endpoint: s3.S3_ENDPOINT ?? `https://s3.${s3.AWS_REGION}.amazonaws.com`,
        region: s3.AWS_REGION,
        bucket: s3.S3_BUCKET,
        accessKeyId: s3.AWS_ACCESS_KEY_ID,
        secretAccessKey: s3.AWS_SECRET_ACCESS_KEY,
        sessionToken: s3.AWS_SESSION_TOKEN,
        forcePathStyle: s3.S3_ENDPOINT !== undefined,
        attempts: 3, // no workflow stands around a command line
      })),
  );
}

export function parseDatabaseUrl(env: Environment): string {
  const schema = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) });
  return parse(env, schema).DATABASE_URL;
}

/** Null where it is unset: gates and caches are then each process's own. */
export function parseRedisUrl(env: Environment): string | null {
  const schema = z.object({ REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional() });
  return parse(env, schema).REDIS_URL ?? null;
}

/** `--tenant`, else `HANSARD_TENANT`, else `default`. */
export function parseTenant(env: Environment, option?: string): string {
  const tenant = option ?? (isSet(env['HANSARD_TENANT']) ? env['HANSARD_TENANT'] : DEFAULT_TENANT);
  if (tenant !== undefined && TENANT_PATTERN.test(tenant)) return tenant;
  const name = option === undefined ? 'HANSARD_TENANT' : '--tenant';
  throw new InvalidSettingError(
    `${name} is not a tenant id: it takes 1 to 32 of a-z, 0-9 and -, and begins with a letter or digit`,
  );
}

/** A variable that a service needs is not there. */
export class MissingSettingError extends Error {
  override readonly name = 'MissingSettingError';
}

/** A variable or an option makes no sense. */
export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

/** One of them set means that the user knows where the services are. */
const SERVICE_VARIABLES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
];

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

/** `stacks/{first 8 hex of SHA-256 of the clone's real path}/stack.json` in HANSARD_HOME. */
function localStackPath(env: Environment): string {
  const clone = realpathSync(dirname(import.meta.dirname));
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  return join(hansardHome(env), 'stacks', name, 'stack.json');
}

const hansardHome = (env: Environment): string =>
  isSet(env['HANSARD_HOME']) ? env['HANSARD_HOME'] : defaultHome();

const stackSchema = z.object({ env: z.record(z.string(), z.string()) });

/** Null where no stack has written one, or it is half written. */
function readStack(path: string): z.infer<typeof stackSchema> | null {
  try {
    return stackSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function parse<T>(env: Environment, schema: z.ZodType<T>): T {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => isSet(value)));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => String(issue.path[0]));
  const missing = names.filter((name) => set[name] === undefined);
  if (missing.length > 0) {
    throw new MissingSettingError(
      `${missing.join(', ')} not set: set it in the environment (see .env.example), or start the local stack ` +
        'with npm run local',
    );
  }
  // The value itself may be a secret: only its name is told.
  throw new InvalidSettingError(
    `${names.join(', ')} cannot be used: expected a URL such as ${example(names)}`,
  );
}

function example(names: readonly string[]): string {
  if (names.includes('DATABASE_URL')) return 'postgresql://user@host:5432/hansard';
  return names.includes('REDIS_URL') ? 'redis://localhost:6379' : 'http://localhost:7070';
}
