import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { optional, SettingError, type Environment } from '../adapters/settings/environment.ts';
import { hansardHome } from '../adapters/settings/hansard-home.ts';
import { withSecretFiles } from '../adapters/settings/secret-files.ts';
import * as compiled from '../adapters/settings/keep-compiled.ts';
import { DEFAULT_TENANT, TENANT_PATTERN } from '../workflows/contracts/names.ts';

export type { Environment } from '../adapters/settings/environment.ts';

/**
 * The variables that the command line works with: the process's own. When those name no service at all, the ones of
 * this clone's local stack, overridden by the process's own. Throws `SettingError`.
 */
export function readEnvironment(variables: Environment = process.env): {
  env: Environment;
  /** The `stack.json` that filled the gaps; null: none was needed or found. */
  localStack: string | null;
} {
  const own = withSecretFiles(variables);
  if (SERVICE_VARIABLES.some((name) => optional(own, name) !== undefined)) {
    return { env: own, localStack: null };
  }
  const path = join(localStack(hansardHome(own)), 'stack.json');
  const stack = readStack(path);
  if (stack === null) return { env: own, localStack: null };
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== ''));
  // A clone works with the services of its own stack; the gateway's address there is for others.
  const { HANSARD_URL: _url, HANSARD_KEY: _key, ...services } = stack;
  return { env: { ...services, ...set }, localStack: path };
}

/** See `adapters/settings/keep-compiled.ts`. */
export const keepCompiled = (): void => compiled.keepCompiled(process.env);

/** npm runs scripts in the clone's root; `INIT_CWD` is the folder that the user called it from. */
export const workingFolder = (env: Environment): string => env['INIT_CWD'] ?? process.cwd();

/** The file that signs requests to a gateway; null: the key itself is sent. */
export function signingKeyPath(env: Environment): string | null {
  const path = optional(env, 'HANSARD_SIGNING_KEY_FILE');
  return path === undefined ? null : resolve(workingFolder(env), path);
}

/** `--tenant`, else `HANSARD_TENANT`, else `default`. */
export function parseTenant(env: Environment, option?: string): string {
  const tenant = option ?? optional(env, 'HANSARD_TENANT') ?? DEFAULT_TENANT;
  if (TENANT_PATTERN.test(tenant)) return tenant;
  throw option === undefined
    ? new SettingError('invalid', `HANSARD_TENANT ${TENANT_RULE}`)
    : new InvalidOptionError(`--tenant ${TENANT_RULE}`);
}

const TENANT_RULE =
  'is not a tenant id: it takes 1 to 32 of a-z, 0-9 and -, and begins with a letter or digit';

/** Whose keys manage what all tenants share: `HANSARD_OPERATOR_TENANT`, else `default`. Throws `SettingError`. */
export function parseOperatorTenant(env: Environment): string {
  const tenant = optional(env, 'HANSARD_OPERATOR_TENANT') ?? DEFAULT_TENANT;
  if (TENANT_PATTERN.test(tenant)) return tenant;
  throw new SettingError('invalid', `HANSARD_OPERATOR_TENANT ${TENANT_RULE}`);
}

export type GatewayConfig = ReturnType<typeof parseGatewayConfig>;

/** Where the gateway listens, and how often a key may ask. Throws `SettingError`. */
export const parseGatewayConfig = (env: Environment) => ({
  /** Other machines reach it only if this says so. */
  host: optional(env, 'HANSARD_GATEWAY_HOST') ?? '127.0.0.1',
  port: parseWhole(env, 'HANSARD_PORT_GATEWAY', { byDefault: 8080, from: 0, to: 65_535 }),
  requestsPerMinute: parseWhole(env, 'HANSARD_GATEWAY_RATE', {
    byDefault: 1_200,
    from: 1,
    to: 1_000_000,
  }),
  origin: parseGatewayOrigin(env),
  operatorTenant: parseOperatorTenant(env),
});

/**
 * Where browsers reach the gateway, as `https://minutes.example.org`: what stands in front of it decides. Null: nobody said,
 * and it is what they ask. Throws `SettingError`.
 */
export function parseGatewayOrigin(env: Environment): string | null {
  const text = optional(env, 'HANSARD_GATEWAY_URL');
  if (text === undefined) return null;
  const url = URL.parse(text);
  const isOrigin = url !== null && [url.origin, `${url.origin}/`].includes(text);
  if (isOrigin && /^https?:$/.test(url.protocol)) return url.origin;
  throw new SettingError(
    'invalid',
    'HANSARD_GATEWAY_URL is not the address of a server, without a path, such as https://minutes.example.org. Correct it.',
  );
}

function parseWhole(
  env: Environment,
  name: string,
  { byDefault, from, to }: Readonly<Record<'byDefault' | 'from' | 'to', number>>,
): number {
  const text = optional(env, name) ?? String(byDefault);
  const value = Number(text);
  if (/^\d{1,7}$/.test(text) && value >= from && value <= to) return value;
  throw new SettingError(
    'invalid',
    `${name} is not a whole number from ${from} to ${to}. Correct it.`,
  );
}

/** `HANSARD_FFMPEG` and `HANSARD_FFPROBE`, else the programs on PATH. */
export const parseMediaBinaries = (env: Environment) => ({
  ffmpeg: optional(env, 'HANSARD_FFMPEG') ?? 'ffmpeg',
  ffprobe: optional(env, 'HANSARD_FFPROBE') ?? 'ffprobe',
});

/** An option or argument of the command line has a wrong value. */
export class InvalidOptionError extends Error {
  override readonly name: string = 'InvalidOptionError';
}

/** The command line works through a gateway, which has no route for something. */
export class OnlyDirectError extends InvalidOptionError {
  override readonly name = 'OnlyDirectError';

  /** @param what a command or an option */
  constructor(what: string, advice = 'unset HANSARD_URL, and run it where the services are') {
    super(
      `${what} works only directly on the installation, and HANSARD_URL names a gateway: ${advice}`,
    );
  }
}

/** Whether commands go through a gateway. */
export const isRemote = (env: Environment): boolean => optional(env, 'HANSARD_URL') !== undefined;

/** When one of them is set, the user has told where the services are. */
const SERVICE_VARIABLES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
];

/** The folder of this clone's stack: `stacks/{first 8 hex of SHA-256 of the clone's real path}` in HANSARD_HOME. */
export function localStack(home: string): string {
  const clone = realpathSync(dirname(import.meta.dirname));
  const name = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  return join(home, 'stacks', name);
}

/** The variables in `stack.json`; null when no stack has written one, or it is half written. */
function readStack(path: string): Record<string, string> | null {
  try {
    const { env } = JSON.parse(readFileSync(path, 'utf8')) as { readonly env?: unknown };
    return isVariables(env) ? env : null;
  } catch {
    return null;
  }
}

const isVariables = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((variable) => typeof variable === 'string');
