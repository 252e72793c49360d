import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Killable {
  /** Resolves when it answers. */
  readonly start: () => Promise<void>;
  /** kill -9; it is dead when this is over. */
  readonly kill: () => Promise<void>;
}

/** A server that is started on the same port and data as often as it was killed. `health` answers 200 when it is up. */
export function killable(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>>,
  health: string,
): Killable {
  const [program, ...words] = command;
  let child: ChildProcess | null = null;
  return {
    start: async () => {
      const started = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
      child = started;
      for (;;) {
        const answer = await fetch(health).catch(() => null);
        await answer?.body?.cancel();
        if (answer?.ok === true) return;
        if (started.exitCode !== null) throw new Error(`${program} ended: ${started.exitCode}`);
        await sleep(50);
      }
    },
    kill: async () => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
