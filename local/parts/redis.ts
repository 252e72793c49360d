import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { choosePort } from '../choose-port.ts';
import type { PartContext } from './part-context.ts';

/** Starts a Redis that stores nothing on disk: it is used for data that may be lost at any time. */
export async function startRedis(
  { supervisor, directory, secrets }: PartContext,
  redisServer: string,
): Promise<{ readonly url: string }> {
  const password = secrets.redisPassword;
  // Any port: the address is in REDIS_URL.
  const port = await choosePort();
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    // Enough for one machine. When it is full, the least recently used keys go first.
    'maxmemory 64mb',
    'maxmemory-policy allkeys-lru',
  ];
  // In a file, because everybody on the machine can read the arguments of a process.
  const file = join(directory, 'redis.conf');
  await writeFile(file, `${settings.join('\n')}\n`, { mode: 0o600 });
  await supervisor.start({
    name: 'redis',
    command: redisServer,
    arguments: [file],
    workingFolder: directory,
    isReady: () => answers(port, password),
  });
  return { url: `redis://:${password}@127.0.0.1:${port}` };
}

/** Asks without a client library, which takes longer to load than Redis to start. */
function answers(port: number, password: string): Promise<boolean> {
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
