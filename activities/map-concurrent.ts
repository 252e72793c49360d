/** Runs at most `width` at once and keeps the order. After the first failure no further item is started. */
export async function mapConcurrent<In, Out>(
  items: readonly In[],
  work: (item: In, index: number) => Promise<Out>,
  width = 16,
): Promise<Out[]> {
  const rest = items.entries(); // shared by all lanes
  const results: Out[] = [];
  let failed = false;
  const lanes = Array.from({ length: Math.min(width, items.length) }, async () => {
    for (const [index, item] of rest) {
      if (failed) return;
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  });
  await Promise.all(lanes);
  return results;
}
