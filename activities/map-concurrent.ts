/** At most `width` at once, order kept; the first failure stops further ones from starting. */
export async function mapConcurrent<In, Out>(
  items: readonly In[],
  work: (item: In, index: number) => Promise<Out>,
  width = 16,
): Promise<Out[]> {
  const rest = items.entries(); // shared: each lane takes the next item
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
