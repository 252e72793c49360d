import pMap from 'p-map';

/** Runs at most `width` at once and keeps the order. After the first failure no further item is started. */
export const mapConcurrent = <In, Out>(
  items: readonly In[],
  work: (item: In, index: number) => Promise<Out>,
  width = 16,
): Promise<Out[]> => pMap(items, work, { concurrency: width });
