import { mkdir } from 'node:fs/promises';
import { chooseInference } from './choose-inference.ts';
import { parseLocalConfig } from './config.ts';
import { keepWorker } from './keep-worker.ts';
import { migrateServices } from '../client/migrate-services.ts';
import { createServiceConnections } from '../client/service-connections.ts';
import { partsToStart } from './parts-to-start.ts';
import { provisionAll } from './provision/provision-all.ts';
import { stackDirectory } from './stack-directory.ts';
import { startStack } from './stack.ts';
import type { Stack } from './stack.ts';

export interface LocalOptions {
  /** The value of `--inference`. */
  readonly inference?: string | undefined;
  readonly faults?: boolean | undefined;
  readonly log: (line: string) => void;
}

export interface Local {
  readonly stack: Stack;
  /** For command-line processes that are to work on this stack. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Provisions, starts this clone's stack, migrates it and runs a worker on it. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { log } = options;
  const config = parseLocalConfig(process.env);
  const directory = await stackDirectory(config.home);
  await mkdir(directory, { recursive: true });
  const choice = await chooseInference(options.inference, directory, process.env);
  log(`engines: ${choice.description}`);
  const tools = await provisionAll(config, choice.parts, log);
  const stack = await startStack({
    directory,
    home: config.home,
    ports: config.ports,
    parts: partsToStart(choice.parts, tools, log),
    tools,
    log,
    faults: options.faults ?? false,
    environment: choice.environment,
  });
  try {
    const environment = { ...withoutServices(process.env), ...stack.env };
    await migrateStack(environment);
    await keepWorker(stack, environment, log);
    return { stack, environment };
  } catch (error) {
    await stack.stop();
    throw error;
  }
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

/** The user's own settings of services must not leak into the stack: half of each would make neither. */
const withoutServices = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(TEMPORAL_|AWS_|S3_|HF_|DATABASE_URL$|REDIS_URL$|HANSARD_CONFIG$)/.test(name),
    ),
  );
