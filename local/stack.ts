import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { choosePort } from './choose-port.ts';
import { PORT_VARIABLES } from './config.ts';
import type { StackPorts } from './config.ts';
import { inferenceFacts, startInference } from './parts/inference.ts';
import { postgresUser, reachableFolder } from './parts/postgres-binaries.ts';
import { startPostgres } from './parts/postgres.ts';
import { startRedis } from './parts/redis.ts';
import { startS3 } from './parts/s3.ts';
import { startTemporal } from './parts/temporal.ts';
import type { MediaPrograms } from './provision/ffmpeg.ts';
import type { PendingTools, Tools } from './provision/provision-all.ts';
import { REDIS_REMEDY } from './provision/redis-server.ts';
import type { StackFacts, StackPart } from './stack-facts.ts';
import { claimStack, portHolder, releaseStack } from './stack-directory.ts';
import { createSupervisor, endLeftovers } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';

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
  readonly whileTemporalStarts?: () => Promise<void>;
  /** Runs as soon as every part but inference is up; the stack is up when this and inference are. */
  readonly whenServicesUp?: (stack: StartingStack) => Promise<void>;
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
    await writePrivately(join(directory, 'stack.json'), facts);
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
  const { directory, home, tools } = options;
  const durable = options.durable ?? true;
  const secrets = await stackSecrets(directory);
  const ports = await choosePorts(options);
  /** Starts the part once its tool is there, if the part is wanted. */
  const ifWanted = async <Tool, T>(
    part: StackPart,
    pendingTool: Tool | Promise<Tool>,
    start: (tool: NonNullable<Tool>) => Promise<T>,
  ) => {
    if (!options.parts.includes(part)) return null;
    const tool = await pendingTool;
    if (tool === null || tool === undefined) throw new Error(missingTool(part));
    const startedAt = Date.now();
    const facts = await start(tool);
    options.log(`${part} is up (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
    return facts;
  };
  const servicesStarting = [
    ifWanted('temporal', tools.temporalCli, (temporalCli) =>
      startTemporal({
        supervisor,
        directory,
        durable,
        temporalCli,
        port: ports.temporal,
        uiPort: ports.temporalUi,
      }),
    ),
    ifWanted('s3', tools.versitygw, (versitygw) =>
      startS3({ supervisor, directory, versitygw, port: ports.s3, ...secrets.s3 }),
    ),
    ifWanted('postgres', FROM_NPM, () =>
      startPostgres({
        supervisor,
        directory,
        home,
        durable,
        port: ports.postgres,
        password: secrets.postgresPassword,
      }),
    ),
    ifWanted('redis', tools.redisServer, async (redisServer) =>
      startRedis({
        supervisor,
        directory,
        redisServer,
        // Any port: the address is in REDIS_URL.
        port: await choosePort(0, 'no variable'),
        password: secrets.redisPassword,
      }),
    ),
  ] as const;
  const inferenceStarting = ifWanted('inference', tools.speech, (speech) =>
    startInference({
      supervisor,
      home,
      port: ports.inference,
      faults: options.faults ?? false,
      ...speech,
    }),
  );
  const mediaFound = Promise.resolve(tools.media);
  const factsOf = (running: RunningParts, media: MediaPrograms): StackFacts => ({
    directory,
    clone: CLONE,
    ports,
    ...running,
    env: environmentOf(running, media, ports, options),
  });
  const servicesUp = Promise.all([mediaFound, ...servicesStarting]).then(
    async ([media, temporal, s3, postgres, redis]) => {
      const running = { temporal, s3, databaseUrl: postgres?.databaseUrl ?? null, redis };
      const inference = options.parts.includes('inference')
        ? inferenceFacts(ports.inference)
        : null;
      await options.whenServicesUp?.({ ...factsOf({ ...running, inference }, media), supervisor });
      return running;
    },
  );
  const [, ...besideTemporal] = servicesStarting;
  const whileTemporalStarts = Promise.all(besideTemporal).then(() =>
    options.whileTemporalStarts?.(),
  );
  // Wait for all before reporting a failure, so that the caller stops every child.
  const starting = [
    mediaFound,
    ...servicesStarting,
    inferenceStarting,
    whileTemporalStarts,
    servicesUp,
  ] as const;
  const reasons = (await Promise.allSettled(starting)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (reasons.length > 0) {
    // One failure rejects servicesUp, too.
    const messages = new Set(reasons.map(messageOf));
    throw new Error([...messages].join('\n'), { cause: reasons[0] });
  }
  return factsOf({ ...(await servicesUp), inference: await inferenceStarting }, await mediaFound);
}

/** Postgres needs no tool: npm installs it. */
const FROM_NPM = 'installed by npm';

const missingTool = (part: StackPart) =>
  part === 'redis'
    ? `redis-server is missing. ${REDIS_REMEDY}`
    : `${part} was requested but its tool was not provisioned`;

type RunningParts = Pick<StackFacts, 'temporal' | 's3' | 'databaseUrl' | 'inference' | 'redis'>;

function environmentOf(
  running: RunningParts,
  media: MediaPrograms,
  ports: StackPorts,
  options: StackOptions,
): Record<string, string> {
  const { temporal, s3, databaseUrl, inference, redis } = running;
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
      HANSARD_CONFIG: join(CLONE, 'local', 'hansard.yaml'),
    }),
    ...options.environment,
  };
}

const CLONE = join(import.meta.dirname, '..');

const secretsSchema = z.object({
  s3: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  postgresPassword: z.string(),
  // Older stacks, from before Redis was a part, have none.
  redisPassword: z.string().default(() => randomPassword()),
});

const randomPassword = () => randomBytes(16).toString('hex');

/** Created once per stack: the data folder of Postgres keeps its password. */
async function stackSecrets(directory: string) {
  const file = join(directory, 'secrets.json');
  const stored = await readFile(file, 'utf8').catch(() => null);
  const made = {
    s3: {
      accessKeyId: randomBytes(10).toString('hex'),
      secretAccessKey: randomBytes(20).toString('hex'),
    },
    postgresPassword: randomPassword(),
  };
  const secrets = secretsSchema.parse(stored === null ? made : JSON.parse(stored));
  await writePrivately(file, secrets);
  return secrets;
}

const PORTS_OF_PART: Readonly<Record<StackPart, readonly (keyof StackPorts)[]>> = {
  temporal: ['temporal', 'temporalUi'],
  s3: ['s3'],
  postgres: ['postgres'],
  inference: ['inference'],
  redis: [],
};

async function choosePorts(options: StackOptions): Promise<StackPorts> {
  const wanted = new Set(['health', ...options.parts.flatMap((part) => PORTS_OF_PART[part])]);
  const chosen = { ...options.ports };
  for (const name of Object.keys(PORT_VARIABLES) as (keyof StackPorts)[]) {
    if (!wanted.has(name)) continue;
    const port = options.ports[name];
    const holder = port === 0 ? undefined : await portHolder(options.directory, port);
    chosen[name] = await choosePort(port, PORT_VARIABLES[name], holder);
  }
  return chosen;
}

const messageOf = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason));

async function writePrivately(file: string, value: unknown) {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
