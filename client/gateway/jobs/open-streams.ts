import type { Principal } from '../gateway-app.ts';
import { ProblemError } from '../problem.ts';

interface Options<Opener> {
  /** Those of these keys and sessions that may still be used. */
  readonly liveOf: (openers: readonly Opener[]) => Promise<readonly Opener[]>;
  readonly onTrouble: (error: unknown) => void;
  readonly checkEveryMs: number;
  readonly mostOfKey: number;
}

/** The streams that are open: not too many of a key, and none of a key or a session that has ended. */
export function createOpenStreams<Opener extends Pick<Principal, 'keyId'>>({
  liveOf,
  onTrouble,
  checkEveryMs,
  mostOfKey,
}: Options<Opener>) {
  const byKey = new Map<string, Map<() => void, Opener>>();
  const check = async (): Promise<void> => {
    const open = [...byKey.values()].flatMap((ends) => [...ends]);
    if (open.length === 0) return;
    const live = new Set(await liveOf(open.map(([, opener]) => opener)));
    for (const [end, opener] of open) if (!live.has(opener)) end();
  };
  const checks = setInterval(() => void check().catch(onTrouble), checkEveryMs).unref();
  return {
    /** Throws a `ProblemError` where the key has as many as it may have. Returns what to call when the stream is closed. */
    add: (opener: Opener, end: () => void): (() => void) => {
      const { keyId } = opener;
      const ends = byKey.get(keyId) ?? new Map<() => void, Opener>();
      if (ends.size >= mostOfKey) {
        throw new ProblemError({
          code: 'rate_limited',
          detail: `this key has ${mostOfKey} open event streams, which is the most: close one of them first`,
        });
      }
      byKey.set(keyId, ends.set(end, opener));
      return () => {
        ends.delete(end);
        if (ends.size === 0 && byKey.get(keyId) === ends) byKey.delete(keyId);
      };
    },

    close: (): void => {
      clearInterval(checks);
    },
  };
}
