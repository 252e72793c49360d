import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaBinaries } from '../adapters/media/media-binaries.ts';
import { choosePort } from './choose-port.ts';
import { PORT_VARIABLES, type StackPorts } from './config.ts';
import { writeJson } from './json-file.ts';
import { inferenceUrl, speakersUrl, startInference } from './parts/inference.ts';
import type { PartContext } from './parts/part-context.ts';
import { postgresUser, reachableFolder } from './parts/postgres-binaries.ts';
import { startPostgres } from './parts/postgres.ts';
import { startRedis } from './parts/redis.ts';
import { startS3 } from './parts/s3.ts';
import { startTemporal } from './parts/temporal.ts';
import type { PendingTools, Tools } from './provision/provision-all.ts';
import { REDIS_REMEDY } from './provision/redis-server.ts';
import type { StackFacts, StackPart } from './stack-facts.ts';
import { claimStack, portHolder, releaseStack } from './stack-directory.ts';
import { stackSecrets } from './stack-secrets.ts';
import { createSupervisor, endLeftovers, type Supervisor } from './supervisor.ts';
import { waitForAll } from './wait-for-all.ts';

export interface StackOptions {
  /** Holds the data, logs, process ids and `stack.json`. */
  readonly directory: string;
  /** HANSARD_HOME. */
  readonly home: string;
  readonly ports: StackPorts;
  readonly parts: readonly StackPart[];
  /** Each part waits for its own tool only. */
  readonly tools: Tools | PendingTools;
  readonly log: (line: string) => void;
  /** False keeps Temporal in memory and lets Postgres skip fsync. Default true. */
  readonly durable?: boolean;
  /** Opens the inference server's fault injection. Default false. */
  readonly faults?: boolean;
  /** Added to the variables in `env`; on conflict these win. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs when the other services are up: Temporal takes longest, and this process is idle then. */
  readonly whileTemporalStarts?: () => Promise<unknown>;
  /**
   * Runs as soon as every part but inference is up; the stack is up when this and inference are. What it returns is added to
   * the variables in `env`.
   */
  readonly whenServicesUp?: (stack: StartingStack) => Promise<Readonly<Record<string, string>>>;
}

/** A stack whose inference server may still be loading its models. */
export interface StartingStack extends StackFacts {
  /** Starts further children that end with the stack. */
  readonly supervisor: Supervisor;
}

export interface Stack extends StartingStack {
  readonly stop: () => Promise<void>;
  /** Stops the stack and deletes its data. */
  readonly remove: () => Promise<void>;
}

/**
 * Ends what an earlier run left behind, then starts the parts side by side. Throws when a port is taken or a part does
 * not come up; then nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { directory, log } = options;
  await mkdir(directory, { recursive: true });
  // The user postgres must be able to pass through.
  await chmod(directory, 0o711);
  await claimStack(directory);
  const supervisor = createSupervisor(directory);
  const stop = async () => {
    await supervisor.stopAll();
    // The command line must not find a stack that has stopped.
    await rm(join(directory, 'stack.json'), { force: true });
    await releaseStack(directory);
  };
  try {
    const leftovers = await endLeftovers(directory);
    if (leftovers.length > 0) log(`ended what an earlier run left: ${leftovers.join(', ')}`);
    const facts = await startParts(options, supervisor);
    await writeJson(join(directory, 'stack.json'), facts);
    const remove = async () => {
      await stop();
      const user = await postgresUser();
      const data = await reachableFolder(join(directory, 'postgres'), user);
      for (const folder of [data, directory]) await rm(folder, { recursive: true, force: true });
    };
    return { ...facts, supervisor, stop, remove };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(options: StackOptions, supervisor: Supervisor): Promise<StackFacts> {
  const { directory, home, parts, tools, durable = true, faults = false } = options;
  const secrets = await stackSecrets(directory);
  const ports = await choosePorts(options);
  const context: PartContext = { supervisor, directory, home, ports, secrets, durable, faults };
  /** Starts the part once its tool is there, if the part is wanted. */
  const ifWanted = async <Tool, T>(
    part: StackPart,
    pendingTool: Tool | Promise<Tool>,
    start: (context: PartContext, tool: NonNullable<Tool>) => Promise<T>,
  ) => {
    if (!parts.includes(part)) return null;
    const tool = await pendingTool;
    if (tool === null || tool === undefined) throw new Error(missingTool(part));
    const startedAt = Date.now();
    const facts = await start(context, tool);
    options.log(`${part} is up (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
    return facts;
  };
  const servicesStarting = [
    ifWanted('temporal', tools.temporalCli, startTemporal),
    ifWanted('s3', tools.versitygw, startS3),
    ifWanted('postgres', FROM_NPM, startPostgres),
    ifWanted('redis', tools.redisServer, startRedis),
  ] as const;
  const inferenceStarting = ifWanted('inference', tools.speech, startInference);
  const servicesUp = Promise.all([tools.media, ...servicesStarting]).then(
    async ([media, temporal, s3, databaseUrl, redis]): Promise<StackFacts> => {
      const inference = parts.includes('inference') ? { url: inferenceUrl(ports) } : null;
      const running = {
        directory,
        clone: CLONE,
        ports,
        temporal,
        s3,
        databaseUrl,
        inference,
        redis,
      };
      const env = environmentOf(running, media, options);
      const more = await options.whenServicesUp?.({ ...running, env, supervisor });
      return { ...running, env: { ...env, ...more } };
    },
  );
  const [, ...besideTemporal] = servicesStarting;
  const whileTemporalStarts = Promise.all(besideTemporal).then(() =>
    options.whileTemporalStarts?.(),
  );
  // All of them, before a failure is reported: so the caller stops every child.
  await waitForAll([
    tools.media,
    ...servicesStarting,
    inferenceStarting,
    whileTemporalStarts,
    servicesUp,
  ]);
  return await servicesUp;
}

/** Postgres needs no tool: npm installs it. */
const FROM_NPM = 'installed by npm';

const missingTool = (part: StackPart) =>
  part === 'redis'
    ? `redis-server is missing. ${REDIS_REMEDY}`
    : `${part} was requested but its tool was not provisioned`;

function environmentOf(
  { ports, temporal, s3, databaseUrl, inference, redis }: Omit<StackFacts, 'env'>,
  media: MediaBinaries,
  options: StackOptions,
): Record<string, string> {
  return {
    HANSARD_HOME: options.home,
    HANSARD_PORT_HEALTH: String(ports.health),
    HANSARD_FFMPEG: media.ffmpeg,
    HANSARD_FFPROBE: media.ffprobe,
    ...(temporal && {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      TEMPORAL_UI_URL: temporal.uiUrl,
    }),
    ...(s3 && {
      S3_ENDPOINT: s3.endpoint,
      S3_BUCKET: s3.bucket,
      AWS_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    }),
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    ...(redis && { REDIS_URL: redis.url }),
    ...(inference && {
      HF_ROUTER_URL: inference.url,
      HF_HUB_URL: inference.url,
      HF_ENDPOINTS_URL: `${inference.url}/v2`,
      // The local server requires a token, as Hugging Face does, and accepts any.
      HF_TOKEN: 'hf_local',
      DIARIZE_URL: speakersUrl(inference.url),
      HANSARD_CONFIG: join(CLONE, 'local', 'hansard.yaml'),
    }),
    ...options.environment,
  };
}

const CLONE = join(import.meta.dirname, '..');

const PORTS_OF_PART: Readonly<Record<StackPart, readonly (keyof StackPorts)[]>> = {
  temporal: ['temporal', 'temporalUi'],
  s3: ['s3'],
  postgres: ['postgres'],
  inference: ['inference'],
  redis: [],
};

async function choosePorts(options: StackOptions): Promise<StackPorts> {
  const chosen = { ...options.ports };
  const ofParts = options.parts.flatMap((part) => PORTS_OF_PART[part]);
  for (const name of [...ofParts, 'health', 'gateway'] as const) {
    const port = options.ports[name];
    const holder = port === 0 ? undefined : await portHolder(options.directory, port);
    chosen[name] = await choosePort(port, PORT_VARIABLES[name], holder);
  }
  return chosen;
}
