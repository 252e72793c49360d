import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Supervisor } from '../supervisor.ts';

export interface RedisOptions {
  readonly supervisor: Supervisor;
  readonly redisServer: string;
  readonly directory: string;
  readonly port: number;
  readonly password: string;
}

/** Starts a Redis that stores nothing on disk: it is used for data that may be lost at any time. */
export async function startRedis(options: RedisOptions): Promise<{ readonly url: string }> {
  const url = `redis://:${options.password}@127.0.0.1:${options.port}`;
  // In a file, because everybody on the machine can read the arguments of a process.
  const configuration = join(options.directory, 'redis.conf');
  await writeFile(configuration, `${configurationOf(options).join('\n')}\n`, { mode: 0o600 });
  await options.supervisor.start({
    name: 'redis',
    command: options.redisServer,
    arguments: [configuration],
    workingFolder: options.directory,
    isReady: () => answers(options),
  });
  return { url };
}

const configurationOf = ({ port, password }: RedisOptions) => [
  'bind 127.0.0.1',
  `port ${port}`,
  `requirepass ${password}`,
  'save ""',
  'appendonly no',
  // Enough for one machine. When it is full, the least recently used keys go first.
  'maxmemory 64mb',
  'maxmemory-policy allkeys-lru',
];

/** Asks without a client library, which takes longer to load than Redis to start. */
function answers({ port, password }: RedisOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('error', reject);
    socket.once('close', () => resolve(false));
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      if (answer === '+OK\r\n+PONG\r\n') resolve(true);
      // Anything else as long: loading, or another server's answer.
      if (answer.length >= '+OK\r\n+PONG\r\n'.length) socket.destroy();
    });
    socket.write(`AUTH ${password}\r\nPING\r\n`);
  });
}
