import { ProblemError } from '../problem.ts';

/**
 * Does something only so often at once, as it takes room on the disk or in memory: for each key, and in this process for
 * all of them. Throws a `ProblemError` for what is more.
 *
 * @param what as in "3 … at once"
 */
export function atOnce(
  { ofKey, ofAll }: { readonly ofKey: number; readonly ofAll: number },
  what: string,
) {
  const running = new Map<string, number>();
  let all = 0;
  return async <T>(keyId: string, work: () => Promise<T>): Promise<T> => {
    const before = running.get(keyId) ?? 0;
    if (before >= ofKey) {
      throw new ProblemError({
        code: 'rate_limited',
        detail: `a key has at most ${ofKey} ${what} at once: try again when one of them has ended`,
        headers: { 'retry-after': '10' },
      });
    }
    if (all >= ofAll) {
      throw new ProblemError({
        code: 'service_unavailable',
        detail: `this gateway has ${ofAll} ${what} at once, which is the most: try again in a while`,
        headers: { 'retry-after': '10' },
      });
    }
    running.set(keyId, before + 1);
    all += 1;
    try {
      return await work();
    } finally {
      all -= 1;
      const left = (running.get(keyId) ?? 1) - 1;
      if (left === 0) running.delete(keyId);
      else running.set(keyId, left);
    }
  };
}
