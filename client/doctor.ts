import { connectRedis } from '../adapters/cache/connect-redis.ts';
import { checkDatabase } from '../adapters/database/create-database.ts';
import { requireMigrations } from '../adapters/database/migrate.ts';
import type { Target } from '../adapters/inference/targets/target.ts';
import { isRouted } from '../adapters/inference/hub/preflight.ts';
import type { InferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';
import { MEDIA_BINARIES, runMediaTool } from '../adapters/media/media-binaries.ts';
import { temporalAddress } from '../adapters/temporal/connect.ts';
import { requireSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { isPolled } from '../adapters/temporal/worker-presence.ts';
import { TASK_QUEUES } from '../workflows/contracts/names.ts';
import { PIPELINE_ROLES } from '../workflows/contracts/targets.ts';
import { type Environment, workingFolder } from './config.ts';
import { parseRedisUrl } from '../adapters/cache/parse-redis-url.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import { describeError } from './describe-error.ts';
import { readInferenceConfiguration } from '../adapters/inference/targets/read-configuration.ts';
import type { ServiceConnections } from './service-connections.ts';
import { NoWorkerError } from './jobs/sweep-jobs.ts';

/** `note`: not a fault, but worth knowing. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'fault';
  /** What was found; for a fault, what is wrong and what to do. */
  readonly detail: string;
}

/** Checks everything that a job needs. Changes nothing and never throws. */
export async function examine(
  env: Environment,
  services: ServiceConnections,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checked('node', () => nodeVersion(process.versions.node)),
    ...Object.values(MEDIA_BINARIES).map((binary) => checked(binary, () => binaryVersion(binary))),
    checked('temporal', async () => {
      await services.temporal();
      const { address, namespace } = temporalAddress({ env });
      return `${address}, namespace ${namespace}`;
    }),
    behind(services.temporal, 'search attributes', async (client) => {
      await requireSearchAttributes(client);
      return 'registered';
    }),
    behind(services.temporal, 'worker', async (client) => {
      if (!(await isPolled(client, TASK_QUEUES.pipeline))) throw new NoWorkerError();
      return `polls ${TASK_QUEUES.pipeline}`;
    }),
    checked('object store', async () => {
      await services.store();
      const { endpoint, bucket } = parseS3Settings(env);
      return `${endpoint}, bucket ${bucket}`;
    }),
    checked('database', async () => {
      await checkDatabase(await services.database());
      return 'answers';
    }),
    behind(services.database, 'migrations', async (database) => {
      await requireMigrations(database);
      return 'up to date';
    }),
    redisFindings(env),
    configuration(env),
  ]);
  return findings.flat();
}

/** The lowest version in `engines` of package.json: older ones cannot run TypeScript. */
const OLDEST_NODE = [22, 19] as const;

export async function nodeVersion(version: string): Promise<string> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return version;
  throw new Error(
    `Node ${version} is too old: ${OLDEST_NODE.join('.')} or newer is needed; npm ci brings one, and npm run uses it`,
  );
}

async function binaryVersion(binary: string): Promise<string> {
  const { stdout } = await runMediaTool(binary, ['-version']);
  return /version (\S+)/.exec(stdout)?.[1] ?? 'found';
}

/** Redis is optional: without it each worker has its own gates. */
async function redisFindings(env: Environment): Promise<readonly Finding[]> {
  const check = 'redis';
  try {
    const url = parseRedisUrl(env);
    if (url === null) {
      const detail = 'REDIS_URL is not set: each worker notices by itself when a target fails';
      return [{ check, state: 'note', detail }];
    }
    const redis = await connectRedis(url);
    const isReady = redis.isReady();
    redis.close();
    return isReady
      ? [{ check, state: 'ok', detail: 'answers' }]
      : [
          {
            check,
            state: 'fault',
            detail: 'does not answer: start it, or correct REDIS_URL; jobs run without it',
          },
        ];
  } catch (error) {
    return [{ check, state: 'fault', detail: describeError(error) }];
  }
}

async function configuration(env: Environment): Promise<readonly Finding[]> {
  try {
    return targetFindings(await readInferenceConfiguration(env, workingFolder(env)));
  } catch (error) {
    return [{ check: 'configuration', state: 'fault', detail: describeError(error) }];
  }
}

/**
 * Faults: a role without a target, and a routed target without its token. Notes: a target whose variable is not set, and
 * a target at your own server without a token, which the server may not need.
 */
export function targetFindings({
  roles,
  skipped,
  services,
}: InferenceConfiguration): readonly Finding[] {
  // Only batches use the other roles.
  const ofRoles = PIPELINE_ROLES.map((role): Finding => {
    const names = roles[role].map(({ name }) => name).join(', ');
    if (names !== '') return { check: role, state: 'ok', detail: names };
    const remedy = `name one under roles.${role} in the file of HANSARD_CONFIG`;
    return { check: role, state: 'fault', detail: `no target is configured: ${remedy}` };
  });
  const withoutToken = Object.groupBy(
    PIPELINE_ROLES.flatMap((role) => roles[role]).filter(({ apiTokens }) => apiTokens.length === 0),
    ({ tokenVariable }) => tokenVariable ?? '',
  );
  return [
    ...ofRoles,
    ...skipped.map(({ role, name, variable }): Finding => {
      const detail = `target ${name} is skipped: ${variable} is not set`;
      return { check: role, state: 'note', detail };
    }),
    ...Object.entries(withoutToken).flatMap(([variable, targets = []]): Finding[] => {
      if (variable === '') return []; // configured to be called without a token
      const namesOf = (some: readonly Target[]) => some.map(({ name }) => name).join(', ');
      const routed = targets.filter((target) => isRouted(target, services));
      if (routed.length === 0) {
        const detail = `not set: these targets are called without a token: ${namesOf(targets)}`;
        return [{ check: variable, state: 'note', detail }];
      }
      const detail = `not set, but these targets need it: ${namesOf(routed)}; see .env.example`;
      return [{ check: variable, state: 'fault', detail }];
    }),
  ];
}

async function checked(check: string, look: () => Promise<string>): Promise<readonly Finding[]> {
  try {
    return [{ check, state: 'ok', detail: await look() }];
  } catch (error) {
    return [{ check, state: 'fault', detail: describeError(error) }];
  }
}

/** Skips the check when the service cannot be reached: another finding reports that. */
async function behind<T>(
  open: () => Promise<T>,
  check: string,
  look: (service: T) => Promise<string>,
): Promise<readonly Finding[]> {
  const service = await open().catch(() => null);
  return service === null ? [] : checked(check, () => look(service));
}
