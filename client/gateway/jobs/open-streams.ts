import { ProblemError } from '../problem.ts';

interface Options {
  /** Those of these keys that may still be used. */
  readonly liveOf: (keyIds: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly onTrouble: (error: unknown) => void;
  readonly checkEveryMs: number;
  readonly mostOfKey: number;
}

/** The streams that are open: not too many of a key, and none of a key that was revoked or has expired. */
export function createOpenStreams({ liveOf, onTrouble, checkEveryMs, mostOfKey }: Options) {
  const byKey = new Map<string, Set<() => void>>();
  const check = async (): Promise<void> => {
    const keyIds = [...byKey.keys()];
    if (keyIds.length === 0) return;
    const live = await liveOf(keyIds);
    for (const keyId of keyIds) {
      if (live.has(keyId)) continue;
      for (const end of byKey.get(keyId) ?? []) end();
    }
  };
  const checks = setInterval(() => void check().catch(onTrouble), checkEveryMs).unref();
  return {
    /** Throws a `ProblemError` where the key has as many as it may have. Returns what to call when the stream is closed. */
    add: (keyId: string, end: () => void): (() => void) => {
      const ends = byKey.get(keyId) ?? new Set();
      if (ends.size >= mostOfKey) {
        throw new ProblemError({
          code: 'rate_limited',
          detail: `this key has ${mostOfKey} open event streams, which is the most: close one of them first`,
        });
      }
      byKey.set(keyId, ends.add(end));
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
