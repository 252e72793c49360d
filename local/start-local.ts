import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { localStack } from '../client/config.ts';
import { buildPage } from './build-page.ts';
import { chooseInference } from './choose-inference.ts';
import { parseLocalConfig } from './config.ts';
import { keepGateway } from './keep-gateway.ts';
import { keepWorker } from './keep-worker.ts';
import { partsToStart, startProvisioning } from './provision/provision-all.ts';
import { interruption } from './interruption.ts';
import { startStack, type Stack } from './stack.ts';
import type { StackFacts } from './stack-facts.ts';

export interface LocalOptions {
  /** The value of `--inference`. */
  readonly inference?: string | undefined;
  readonly faults?: boolean | undefined;
  /** Starts the HTTP gateway too. Default false. */
  readonly gateway?: boolean;
}

export interface Local {
  readonly stack: Stack;
  /** For command-line processes that work on this stack. */
  readonly environment: NodeJS.ProcessEnv;
  /** Aborts at Ctrl-C. Until the stack is up, Ctrl-C ends this process. */
  readonly interrupted: AbortSignal;
  /** Whether the gateway has a page to serve. */
  readonly hasPage: boolean;
}

/**
 * Starts each part of this clone's stack once its tool is found or installed, migrates the stack and runs a worker on it,
 * and a gateway where it is wanted.
 */
export async function startLocal({
  inference,
  faults = false,
  gateway = false,
}: LocalOptions): Promise<Local> {
  const interrupted = interruption();
  // No order matters yet: exiting asks the children to end.
  const leave = () => process.exit(130);
  interrupted.addEventListener('abort', leave);
  const log = (line: string) => console.error(line);
  const config = parseLocalConfig(process.env);
  const directory = localStack(config.home);
  await mkdir(directory, { recursive: true });
  const choice = await chooseInference(inference, directory, process.env, config.gguf);
  log(`engines: ${choice.description}`);
  const page = gateway ? buildPage(CLONE, log) : null;
  const tools = startProvisioning(config, choice.parts, log, choice.gguf);
  const environmentOf = ({ env }: StackFacts) => ({ ...withoutServices(process.env), ...env });
  const stack = await startStack({
    directory,
    home: config.home,
    // A port that nothing will listen on may be taken.
    ports: gateway ? config.ports : { ...config.ports, gateway: 0 },
    parts: await partsToStart(choice.parts, tools, log),
    tools,
    log,
    faults,
    environment: choice.environment,
    whileTemporalStarts: loadMigration,
    // The worker starts while the inference server loads its models.
    whenServicesUp: async (starting) => {
      const environment = environmentOf(starting);
      const [{ createServiceConnections }, { migrateServices }] = await loadMigration();
      const services = createServiceConnections(environment);
      try {
        await migrateServices(environment, services);
        await keepWorker(starting, environment, log);
        // The gateway serves the files that are there when it starts.
        await page;
        return gateway ? await keepGateway(starting, environment, services, log) : {};
      } finally {
        await services.close();
      }
    },
  });
  interrupted.removeEventListener('abort', leave);
  return { stack, environment: environmentOf(stack), interrupted, hasPage: (await page) ?? false };
}

const CLONE = join(import.meta.dirname, '..');

/** The client libraries of the services take half a second to load. */
const loadMigration = () =>
  Promise.all([
    import('../client/service-connections.ts'),
    import('../client/migrate-services.ts'),
  ]);

/** Removes the user's own service settings: the stack must not be mixed with other services. */
const withoutServices = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) =>
        !/^(TEMPORAL_|AWS_|S3_|HF_|DATABASE_URL$|REDIS_URL$|HANSARD_(CONFIG|URL|GATEWAY_URL|KEY)$)/.test(
          name,
        ),
    ),
  );
