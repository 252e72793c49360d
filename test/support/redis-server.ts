import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { choosePort } from '../../local/choose-port.ts';
import { parseLocalConfig } from '../../local/config.ts';
import { provideRedisServer } from '../../local/provision/redis-server.ts';

/** A Redis of a test's own, to be taken away from it. Empty after every start. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly password: string;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** It accepts connections and answers nobody. */
  readonly hang: () => void;
  readonly goOn: () => void;
}

export async function startRedisServer(): Promise<RedisServer> {
  const { home, overrides } = parseLocalConfig(process.env);
  const environment = process.env;
  const command = await provideRedisServer({ home, overrides, environment, log: () => {} });
  if (command === null) throw new Error('redis-server is missing');
  const port = await choosePort(0, 'no variable');
  const password = 'secret-of-this-test';
  let child: ChildProcess | undefined;

  const start = async () => {
    const words = ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', password];
    child = spawn(command, [...words, '--save', ''], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const block of child.stdout ?? []) {
      said += String(block);
      if (said.includes('Ready to accept connections')) break;
    }
    if (!said.includes('Ready')) throw new Error(`redis-server ended: ${said}`);
  };
  const stop = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await start();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    password,
    start,
    stop,
    hang: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    [Symbol.asyncDispose]: stop,
  };
}
