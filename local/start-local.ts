import { mkdir } from 'node:fs/promises';
import { chooseInference } from './choose-inference.ts';
import { parseLocalConfig } from './config.ts';
import { keepWorker } from './keep-worker.ts';
import { partsToStart, startProvisioning } from './provision/provision-all.ts';
import { stackDirectory } from './stack-directory.ts';
import { startStack } from './stack.ts';
import type { StackFacts } from './stack-facts.ts';
import type { Stack } from './stack.ts';

export interface LocalOptions {
  /** The value of `--inference`. */
  readonly inference?: string | undefined;
  readonly faults?: boolean | undefined;
  readonly log: (line: string) => void;
}

export interface Local {
  readonly stack: Stack;
  /** For command-line processes that work on this stack. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Starts each part of this clone's stack once its tool is found or installed, migrates the stack and runs a worker on it. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { log } = options;
  const config = parseLocalConfig(process.env);
  const directory = await stackDirectory(config.home);
  await mkdir(directory, { recursive: true });
  const choice = await chooseInference(options.inference, directory, process.env);
  log(`engines: ${choice.description}`);
  const tools = startProvisioning(config, choice.parts, log);
  const environmentOf = ({ env }: StackFacts) => ({ ...withoutServices(process.env), ...env });
  const stack = await startStack({
    directory,
    home: config.home,
    ports: config.ports,
    parts: await partsToStart(choice.parts, tools, log),
    tools,
    log,
    faults: options.faults ?? false,
    environment: choice.environment,
    whileTemporalStarts: async () => {
      await loadMigration();
    },
    // The worker starts while the inference server loads its models.
    whenServicesUp: async (starting) => {
      const environment = environmentOf(starting);
      await migrateStack(environment);
      await keepWorker(starting, environment, log);
    },
  });
  return { stack, environment: environmentOf(stack) };
}

/** What `hansard migrate` does. */
async function migrateStack(environment: NodeJS.ProcessEnv): Promise<void> {
  const { createServiceConnections, migrateServices } = await loadMigration();
  const services = createServiceConnections(environment);
  try {
    await migrateServices(environment, services);
  } finally {
    await services.close();
  }
}

/** The client libraries of the services take half a second to load. */
async function loadMigration() {
  const { createServiceConnections } = await import('../client/service-connections.ts');
  const { migrateServices } = await import('../client/migrate-services.ts');
  return { createServiceConnections, migrateServices };
}

/** Removes the user's own service settings: the stack must not be mixed with other services. */
const withoutServices = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(TEMPORAL_|AWS_|S3_|HF_|DATABASE_URL$|REDIS_URL$|HANSARD_CONFIG$)/.test(name),
    ),
  );
