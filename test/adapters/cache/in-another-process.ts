import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { CacheResult } from '../../../adapters/cache/cache.ts';

export type CacheProcessQuestion =
  | {
      readonly verb: 'ask';
      readonly tenant: string;
      readonly key: string;
      /** What its load answers, and after how long. */
      readonly value: string;
      readonly loadMs: number;
    }
  | { readonly verb: 'erase'; readonly tenant: string };

export interface CacheProcessAnswer {
  readonly value: string | null;
  readonly from: CacheResult['from'] | null;
  /** How often the process has loaded so far. */
  readonly loads: number;
}

export interface CacheProcess extends AsyncDisposable {
  readonly ask: (question: CacheProcessQuestion) => Promise<CacheProcessAnswer>;
  readonly kill: () => Promise<void>;
}

/** A second Node process with a cache of its own over the same Redis. */
export async function inAnotherProcess(redisUrl: string): Promise<CacheProcess> {
  const child = fork(new URL('./cache-process.ts', import.meta.url), {
    env: { ...process.env, REDIS_URL: redisUrl },
    execArgv: [],
  });
  const waiting = new Map<number, (answer: CacheProcessAnswer) => void>();
  let asked = 0;
  await once(child, 'message');
  child.on('message', (message) => {
    const { id, answered } = message as { id: number; answered: CacheProcessAnswer };
    waiting.get(id)?.(answered);
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    ask: (question) =>
      new Promise((resolve) => {
        asked += 1;
        waiting.set(asked, resolve);
        child.send({ id: asked, question });
      }),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}
