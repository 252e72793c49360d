import { mkdir } from 'node:fs/promises';
import { chooseInference } from './choose-inference.ts';
import { parseLocalConfig } from './config.ts';
import { keepWorker } from './keep-worker.ts';
import { migrateServices } from '../client/migrate-services.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { partsToStart, provisionAll } from './provision/provision-all.ts';
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

/** Provisions tools, starts this clone's stack, migrates it and runs a worker on it. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { log } = options;
  const config = parseLocalConfig(process.env);
  const directory = await stackDirectory(config.home);
  await mkdir(directory, { recursive: true });
  const choice = await chooseInference(options.inference, directory, process.env);
  log(`engines: ${choice.description}`);
  const tools = await provisionAll(config, choice.parts, log);
  const environmentOf = ({ env }: StackFacts) => ({ ...withoutServices(process.env), ...env });
  const stack = await startStack({
    directory,
    home: config.home,
    ports: config.ports,
    parts: partsToStart(choice.parts, tools, log),
    tools,
    log,
    faults: options.faults ?? false,
    environment: choice.environment,
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
  const services = createServiceConnections(environment);
  try {
    await migrateServices(environment, services);
  } finally {
    await services.close();
  }
}

/** Removes the user's own service settings: the stack must not be mixed with other services. */
const withoutServices = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(TEMPORAL_|AWS_|S3_|HF_|DATABASE_URL$|REDIS_URL$|HANSARD_CONFIG$)/.test(name),
    ),
  );
