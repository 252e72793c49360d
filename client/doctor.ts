import { tmpdir } from 'node:os';
import { connectRedis } from '../adapters/cache/connect-redis.ts';
import { checkDatabase } from '../adapters/database/create-database.ts';
import { requireMigrations } from '../adapters/database/migrate.ts';
import type { Target } from '../adapters/inference/targets/target.ts';
import { isRouted } from '../adapters/inference/hub/preflight.ts';
import type { InferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';
import { MEDIA_BINARIES, runMediaTool } from '../adapters/media/media-binaries.ts';
import { freeBytes } from '../adapters/media/scratch-space.ts';
import { temporalAddress } from '../adapters/temporal/connect.ts';
import { requireSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { isPolled, isQueuePolled } from '../adapters/temporal/worker-presence.ts';
import { paidQueue, TASK_QUEUES } from '../workflows/contracts/names.ts';
import { PIPELINE_ROLES, type PipelineRole } from '../workflows/contracts/targets.ts';
import { type Environment, parseGatewayConfig, workingFolder } from './config.ts';
import { parseRedisUrl } from '../adapters/cache/parse-redis-url.ts';
import { allowsPartUploads } from '../adapters/object-store/ask-part-uploads.ts';
import { examineStore } from '../adapters/object-store/examine-store.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import { describeError } from './describe-error.ts';
import { readInferenceConfiguration } from '../adapters/inference/targets/read-configuration.ts';
import { clientS3Options, type ServiceConnections } from './service-connections.ts';
import { storeFinding } from './store-finding.ts';
import { issuerFindings } from './issuer-findings.ts';
import { noWorker } from './jobs/sweep-jobs.ts';

/** `note`: not a fault, but worth knowing. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'note' | 'fault';
  /** What was found; for a fault, what is wrong and what to do. */
  readonly detail: string;
}

/**
 * Checks everything that a job needs. Changes nothing but a few small objects below `_probes/`, which it removes again; never
 * throws.
 */
export async function examine(
  env: Environment,
  services: ServiceConnections,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checked('node', () => nodeVersion(process.versions.node)),
    ...Object.values(MEDIA_BINARIES).map((binary) => checked(binary, () => binaryVersion(binary))),
    checked('scratch folder', async () => scratchState(tmpdir(), await freeBytes(tmpdir()))),
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
      if (!(await isPolled(client, TASK_QUEUES.pipeline))) throw noWorker();
      return `polls ${TASK_QUEUES.pipeline}`;
    }),
    checked('object store', async () => {
      await services.store();
      const { endpoint, bucket } = parseS3Settings(env);
      return `${endpoint}, bucket ${bucket}`;
    }),
    behind(services.store, 'store behaviour', async () =>
      storeFinding(await examineStore(clientS3Options(env))),
    ),
    behind(services.store, 'uploads from pages', () => pageUploads(env)),
    checked('database', async () => {
      await checkDatabase(await services.database());
      return 'answers';
    }),
    behind(services.database, 'migrations', async (database) => {
      await requireMigrations(database);
      return 'up to date';
    }),
    checked('redis', () => redisState(env)),
    readInferenceConfiguration(env, workingFolder(env)).then(
      async (configuration) => [
        ...targetFindings(configuration),
        ...(await unservedTargets(configuration, services)),
        ...(await issuerFindings(services)),
      ],
      (error: unknown) => [fault('configuration', error)],
    ),
  ]);
  return findings.flat();
}

/** The lowest version in `engines` of package.json: older ones cannot run TypeScript. */
const OLDEST_NODE = '22.19';

export async function nodeVersion(version: string): Promise<string> {
  if (version.localeCompare(OLDEST_NODE, 'en', { numeric: true }) >= 0) return version;
  throw new Error(
    `Node ${version} is too old: ${OLDEST_NODE} or newer is needed; npm ci brings one, and npm run uses it`,
  );
}

async function binaryVersion(binary: string): Promise<string> {
  const { stdout } = await runMediaTool(binary, ['-version']);
  return /version (\S+)/.exec(stdout)?.[1] ?? 'found';
}

/** A day of sound needs 2.8 GB a track and as much while tracks are joined, and the recording itself 1.4 GB at 128 kbit/s. */
const LITTLE_ROOM_BYTES = 7e9;

/** Says how much room the folder has, of which `free` bytes are free. */
export function scratchState(folder: string, free: number): Found {
  const detail = `${folder}, ${(free / 1e9).toFixed(1)} GB free`;
  if (free >= LITTLE_ROOM_BYTES) return detail;
  return {
    state: 'note',
    detail: `${detail}: long recordings may wait for room; TMPDIR names another`,
  };
}

/** Whether the page may send large files to the store, which is asked as a browser asks it. */
async function pageUploads(env: Environment): Promise<Found> {
  const { origin, port } = parseGatewayConfig(env);
  const page = origin ?? `http://127.0.0.1:${port}`;
  if (await allowsPartUploads(clientS3Options(env), page)) return `allowed from ${page}`;
  return {
    state: 'note',
    detail: `the bucket takes no parts of uploads from pages at ${page}, so that the page sends no file above 100 MB: allow PUT with content-type from there (CORS, see docs/uploads.md), where HANSARD_GATEWAY_URL and S3_PUBLIC_ENDPOINT are right`,
  };
}

/** Redis is optional: without it each worker has its own gates. */
async function redisState(env: Environment): Promise<Found> {
  const url = parseRedisUrl(env);
  if (url === null) {
    const detail = 'REDIS_URL is not set: each worker notices by itself when a target fails';
    return { state: 'note', detail };
  }
  const redis = await connectRedis(url);
  const isReady = redis.isReady();
  redis.close();
  if (isReady) return 'answers';
  throw new Error('does not answer: start it, or correct REDIS_URL; jobs run without it');
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
  const ofRoles = PIPELINE_ROLES.map((role) =>
    roles[role].length > 0 ? finding(role, 'ok', namesOf(roles[role])) : noTarget(role),
  );
  const ofSkipped = skipped.map(({ role, name, variable }) =>
    finding(role, 'note', `target ${name} is skipped: ${variable} is not set`),
  );
  const withoutToken = Object.groupBy(
    PIPELINE_ROLES.flatMap((role) => roles[role]).filter(({ apiTokens }) => apiTokens.length === 0),
    ({ tokenVariable }) => tokenVariable ?? '',
  );
  const ofTokens = Object.entries(withoutToken).flatMap(([variable, targets = []]) => {
    if (variable === '') return []; // configured to be called without a token
    const routed = targets.filter((target) => isRouted(target, services));
    const called = `not set: these targets are called without a token: ${namesOf(targets)}`;
    if (routed.length === 0) return [finding(variable, 'note', called)];
    const needed = `not set, but these targets need it: ${namesOf(routed)}; see .env.example`;
    return [finding(variable, 'fault', needed)];
  });
  return [...ofRoles, ...ofSkipped, ...ofTokens];
}

/** Minutes without names are minutes, so that no target for speakers is no fault. */
const noTarget = (role: PipelineRole): Finding =>
  role === 'diarize'
    ? finding(role, 'note', 'no target is configured: only separate channels tell who spoke')
    : finding(
        role,
        'fault',
        `no target is configured: name one under roles.${role} in the file of HANSARD_CONFIG`,
      );

/**
 * Notes the targets that no worker asks for calls: workers read `hansard.yaml` when they start. A note only, because
 * a worker asks for none while it makes as many as it may.
 */
async function unservedTargets(
  { roles }: InferenceConfiguration,
  services: ServiceConnections,
): Promise<readonly Finding[]> {
  const client = await services.temporal().catch(() => null);
  // Without Temporal, or without any worker, another finding reports that.
  if (client === null || !(await isPolled(client, TASK_QUEUES.pipeline).catch(() => false)))
    return [];
  return await checked('targets', async () => {
    const targets = PIPELINE_ROLES.flatMap((role) => roles[role]);
    const polled = await Promise.all(
      targets.map(({ name }) => isQueuePolled(client, paidQueue(name))),
    );
    const unserved = targets.filter((_target, index) => polled[index] === false);
    if (unserved.length === 0) return 'workers ask for calls to each of them';
    const detail = `no worker asks for calls to ${namesOf(unserved)}: restart the workers with this hansard.yaml, unless all their slots for it are taken`;
    return { state: 'note', detail };
  });
}

const namesOf = (targets: readonly Target[]) => targets.map(({ name }) => name).join(', ');

/** A string: all is well. */
type Found = string | Omit<Finding, 'check'>;

const finding = (check: string, state: Finding['state'], detail: string): Finding => ({
  check,
  state,
  detail,
});

const fault = (check: string, error: unknown) => finding(check, 'fault', describeError(error));

async function checked(
  check: string,
  look: () => Found | Promise<Found>,
): Promise<readonly Finding[]> {
  try {
    const found = await look();
    return [typeof found === 'string' ? finding(check, 'ok', found) : { check, ...found }];
  } catch (error) {
    return [fault(check, error)];
  }
}

/** Skips the check when the service cannot be reached: another finding reports that. */
async function behind<T>(
  open: () => Promise<T>,
  check: string,
  look: (service: T) => Promise<Found>,
): Promise<readonly Finding[]> {
  const service = await open().catch(() => null);
  return service === null ? [] : checked(check, () => look(service));
}
