import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs `work` on every item, at most `width` at the same time, and keeps the order of the results. The first failure
 * cancels the running ones, waits for them, and is thrown. Once `isEnough` says so, no other item begins: the results are
 * those of the items that had begun, which are the first ones.
 */
export function mapBounded<In, Out>(
  items: readonly In[],
  width: number,
  work: (item: In, index: number) => Promise<Out>,
  isEnough: () => boolean = () => false,
): Promise<Out[]> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const rest = items.entries(); // shared: each lane takes the next item
    const results: Out[] = [];
    const lanes = Array.from({ length: Math.min(width, items.length) }, async () => {
      while (!isEnough()) {
        const next = rest.next();
        if (next.done === true) return;
        const [index, item] = next.value;
        results[index] = await work(item, index);
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
