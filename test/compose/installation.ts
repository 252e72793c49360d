import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { choosePort } from '../../local/choose-port.ts';
import { runCommand } from '../../local/provision/run-command.ts';
import type { Engine } from './engine.ts';
import { REPOSITORY } from './repository.ts';

const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
  Config: z.object({
    User: z.string(),
    Image: z.string(),
    Labels: z.record(z.string(), z.string()),
  }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    Memory: z.number(),
    PortBindings: z
      .record(
        z.string(),
        z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable(),
      )
      .nullable(),
  }),
});

export interface Container {
  readonly id: string;
  readonly service: string;
  /** Of the engine, and all that it says. */
  readonly facts: z.infer<typeof containerSchema>;
  readonly json: string;
}

/** Hansard by Compose in a folder of its own, with secrets of its own, on free ports. */
export async function createInstallation(engine: Engine) {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-compose-'));
  await cp(join(REPOSITORY, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
  await cp(join(REPOSITORY, 'deploy'), join(folder, 'deploy'), {
    recursive: true,
    filter: (path) => path !== join(REPOSITORY, 'deploy', 'secrets'),
  });
  await runCommand('sh', [join(folder, 'deploy', 'make-secrets.sh')]);
  const [gateway, s3, ui] = [await choosePort(), await choosePort(), await choosePort()];
  const environment = {
    ...engine.environment,
    HANSARD_PORT_GATEWAY: String(gateway),
    HANSARD_PORT_S3: String(s3),
    HANSARD_PORT_TEMPORAL_UI: String(ui),
    S3_PUBLIC_ENDPOINT: `http://127.0.0.1:${s3}`,
  };
  const [program, ...words] = engine.compose;
  const compose = (...more: readonly string[]) =>
    runCommand(
      program,
      [
        ...words,
        '--project-name',
        PROJECT,
        '--env-file',
        join(folder, 'deploy/local-ai.env'),
        '--project-directory',
        folder,
        '--file',
        join(folder, 'docker-compose.yml'),
        ...more,
      ],
      { environment },
    );

  const containers = async (): Promise<readonly Container[]> => {
    const filter = ['--filter', `label=com.docker.compose.project=${PROJECT}`];
    const ids = (await engine.docker('ps', '--all', '--quiet', ...filter)).split('\n');
    const inspected = ids.filter((id) => id !== '').map((id) => engine.docker('inspect', id));
    return (await Promise.all(inspected)).map((json) => {
      const [facts] = z.tuple([containerSchema]).parse(JSON.parse(json));
      const service = facts.Config.Labels['com.docker.compose.service'] ?? facts.Name;
      return { id: facts.Id, service, facts, json };
    });
  };

  return {
    folder,
    urls: {
      gateway: `http://127.0.0.1:${gateway}`,
      s3: `http://127.0.0.1:${s3}`,
      ui: `http://127.0.0.1:${ui}`,
    },
    compose,
    containers,
    /** Starts it with two workers. Resolves when every service that stays is healthy. */
    up: async () => {
      await compose('up', '--detach', '--scale', 'worker=2');
      await untilHealthy(containers);
    },
    /** The contents of its secrets. */
    secrets: async (): Promise<readonly string[]> => {
      const names = await readdir(join(folder, 'deploy', 'secrets'));
      const texts = names.map((name) => readFile(join(folder, 'deploy', 'secrets', name), 'utf8'));
      return (await Promise.all(texts)).map((text) => text.trim()).filter((text) => text !== '');
    },
    remove: async () => {
      await compose('down', '--volumes', '--timeout', '5').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Installation = Awaited<ReturnType<typeof createInstallation>>;

const PROJECT = `hansardtest${process.pid}`;

/** Throws when a container ends that should stay, or one that should end fails. */
async function untilHealthy(containers: () => Promise<readonly Container[]>): Promise<void> {
  let waiting: readonly string[] = [];
  for (let tries = 0; tries < 180; tries += 1) {
    const all = await containers();
    waiting = all.filter((one) => !isUp(one)).map(({ facts }) => stateOf(facts));
    if (waiting.length === 0) return;
    await sleep(1_000);
  }
  throw new Error(`these are not up after three minutes: ${waiting.join(', ')}`);
}

/** What stays has a health check and is healthy; what runs once has ended well. */
const isUp = ({ facts: { State } }: Container): boolean =>
  State.Health === undefined
    ? State.Status === 'exited' && State.ExitCode === 0
    : State.Status === 'running' && State.Health.Status === 'healthy';

export const stateOf = ({ Name, State }: Container['facts']): string =>
  `${Name.slice(1)}: ${State.Health?.Status ?? `${State.Status} (${State.ExitCode})`}`;
