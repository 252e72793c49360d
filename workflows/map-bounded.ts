import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs `work` on every item, at most `width` at the same time, and keeps the order of the results. The first failure
 * cancels the running ones, waits for them, and is thrown. Once `isEnough` says so, no other item begins: the results are
 * those of the items that had begun, which are the first ones. `more` is asked for further items when none is left; null:
 * there are no more.
 */
export function mapBounded<In, Out>(
  items: readonly In[],
  width: number,
  work: (item: In, index: number) => Promise<Out>,
  isEnough: () => boolean = () => false,
  more: (() => Promise<readonly In[] | null>) | null = null,
): Promise<Out[]> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    // Shared: each lane takes the next item.
    const rest = items.map((item, index) => ({ item, index }));
    let known = items.length;
    let isOver = more === null;
    let asking: Promise<void> | null = null;
    const ask = async (): Promise<void> => {
      const found = await more?.();
      if (!found) isOver = true;
      for (const item of found ?? []) rest.push({ item, index: known++ });
      asking = null;
    };
    const results: Out[] = [];
    const count = more === null ? Math.min(width, items.length) : width;
    const lanes = Array.from({ length: count }, async () => {
      while (!isEnough()) {
        const next = rest.shift();
        if (next !== undefined) results[next.index] = await work(next.item, next.index);
        else if (isOver) return;
        else await (asking ??= ask());
      }
    });
    try {
      await Promise.all(lanes);
    } catch (error) {
      scope.cancel();
      await Promise.allSettled(lanes);
      throw error;
    }
    return results;
  });
}
