import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Runs the stub server as a child process for as long as `use` runs. */
export async function withStubServer<T>(use: (baseUrl: string) => Promise<T>): Promise<T> {
  const child = fork(new URL('stub-server.ts', import.meta.url));
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}
