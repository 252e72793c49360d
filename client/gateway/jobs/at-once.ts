import { ProblemError } from '../problem.ts';

/**
 * Does something for each key only so often at once, as it takes room on the disk or in memory. Throws a `ProblemError`
 * for what is more.
 *
 * @param what as in "3 … at once"
 */
export function atOnce(most: number, what: string) {
  const running = new Map<string, number>();
  return async <T>(keyId: string, work: () => Promise<T>): Promise<T> => {
    const before = running.get(keyId) ?? 0;
    if (before >= most) {
      throw new ProblemError({
        code: 'rate_limited',
        detail: `a key has at most ${most} ${what} at once: try again when one of them has ended`,
        headers: { 'retry-after': '10' },
      });
    }
    running.set(keyId, before + 1);
    try {
      return await work();
    } finally {
      const left = (running.get(keyId) ?? 1) - 1;
      if (left === 0) running.delete(keyId);
      else running.set(keyId, left);
    }
  };
}
