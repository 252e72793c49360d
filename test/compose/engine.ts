import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath } from '../../local/provision/find-tool.ts';
import { runCommand } from '../../local/provision/run-command.ts';

/** A container engine that answers. */
export interface Engine extends AsyncDisposable {
  /** Started for this test, and removed with all its images at the end. */
  readonly isOwn: boolean;
  /** With `DOCKER_HOST`, if it is not the machine's own. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `docker …` and returns what it prints. Throws with the end of its output. */
  readonly docker: (...words: readonly string[]) => Promise<string>;
  /** Program and first words of Compose: `docker compose`, or `docker-compose`. */
  readonly compose: readonly [string, ...string[]];
}

/** There is no engine, and none can be started: the message says why. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}

/**
 * The engine of this machine; where none answers, one of our own, with data that is deleted at the end. Throws
 * `NoEngineError`.
 */
export async function openEngine(log: (line: string) => void): Promise<Engine> {
  const docker = await findDocker();
  const compose = await findCompose(docker);
  const engineAt = (
    environment: NodeJS.ProcessEnv,
    isOwn: boolean,
    end: () => Promise<void>,
  ): Engine => ({
    isOwn,
    environment,
    docker: (...words) => runCommand(docker, words, { environment }),
    compose,
    [Symbol.asyncDispose]: end,
  });
  const environment = { ...process.env, DOCKER_BUILDKIT: '1' };
  const found = engineAt(environment, false, async () => {});
  const version = await found
    .docker('version', '--format', '{{.Server.Version}}')
    .catch(() => null);
  if (version !== null) {
    log(`engine: Docker ${version.trim()}, of this machine`);
    return found;
  }
  const { socket, end } = await startDaemon();
  const engine = engineAt({ ...environment, DOCKER_HOST: `unix://${socket}` }, true, end);
  const started = await engine.docker('version', '--format', '{{.Server.Version}}');
  log(`engine: Docker ${started.trim()}, started for this test`);
  return engine;
}

/** A command line whose builds take secrets: newer ones need a plug-in for that, older ones have it. */
async function findDocker(): Promise<string> {
  const found = await findOnPath('docker', process.env);
  for (const path of found) {
    const environment = { ...process.env, DOCKER_BUILDKIT: '1' };
    const help = await runCommand(path, ['build', '--help'], { environment }).catch(() => '');
    if (help.includes('--secret')) return path;
  }
  throw new NoEngineError(
    found.length === 0
      ? 'there is no docker (Debian: apt-get install docker.io docker-compose)'
      : `${found.join(', ')} cannot build with secrets: install its plug-in buildx`,
  );
}

async function findCompose(docker: string): Promise<Engine['compose']> {
  const isThere = (command: string, ...words: readonly string[]) =>
    runCommand(command, words).then(
      () => true,
      () => false,
    );
  if (await isThere(docker, 'compose', 'version')) return [docker, 'compose'];
  if (await isThere('docker-compose', 'version')) return ['docker-compose'];
  throw new NoEngineError('there is no Compose (Debian: apt-get install docker-compose)');
}

async function startDaemon() {
  if (process.getuid?.() !== 0)
    throw new NoEngineError('no engine answers, and only root can start one');
  const [dockerd] = await findOnPath('dockerd', process.env);
  if (dockerd === undefined) throw new NoEngineError('no engine answers, and there is no dockerd');
  const folder = await mkdtemp(join(tmpdir(), 'hansard-engine-'));
  const socket = join(folder, 'docker.sock');
  const daemon = spawn(
    dockerd,
    [
      '--data-root',
      join(folder, 'data'),
      '--exec-root',
      join(folder, 'exec'),
      '--pidfile',
      join(folder, 'docker.pid'),
      '--host',
      `unix://${socket}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4_000);
  });
  const ended = once(daemon, 'close');
  const end = async () => {
    daemon.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 120 && daemon.exitCode === null; tries += 1) {
    if (
      await access(socket).then(
        () => true,
        () => false,
      )
    )
      return { socket, end };
    await sleep(250);
  }
  await end();
  throw new NoEngineError(`dockerd does not start: ${output.trimEnd().split('\n').at(-1)}`);
}
