import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'redis';
import type { Supervisor } from '../supervisor.ts';

export interface RedisOptions {
  readonly supervisor: Supervisor;
  readonly redisServer: string;
  readonly directory: string;
  readonly port: number;
  readonly password: string;
}

/** Starts a Redis that keeps nothing on disk: its contents may be lost at any time. */
export async function startRedis(options: RedisOptions): Promise<{ readonly url: string }> {
  const url = `redis://:${options.password}@127.0.0.1:${options.port}`;
  // A file, because every user can read the arguments of a process.
  const configuration = join(options.directory, 'redis.conf');
  await writeFile(configuration, `${configurationOf(options).join('\n')}\n`, { mode: 0o600 });
  await options.supervisor.start({
    name: 'redis',
    command: options.redisServer,
    arguments: [configuration],
    workingFolder: options.directory,
    isReady: () => answers(url),
  });
  return { url };
}

const configurationOf = ({ port, password }: RedisOptions) => [
  'bind 127.0.0.1',
  `port ${port}`,
  `requirepass ${password}`,
  'save ""',
  'appendonly no',
  // Enough for one machine; the least recently used keys are evicted first, as in a cache.
  'maxmemory 64mb',
  'maxmemory-policy allkeys-lru',
];

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.ping()) === 'PONG';
  } finally {
    client.destroy();
  }
}
