/** Runs at most `width` at once and keeps the order. After the first failure no further item is started. */
export async function mapConcurrent<In, Out>(
  items: readonly In[],
  work: (item: In, index: number) => Promise<Out>,
  width = 16,
): Promise<Out[]> {
  const results: Out[] = [];
  const rest = entriesOf(items);
  // A lane that throws closes the generator that all lanes share, so the others stop, too.
  const lanes = Array.from({ length: Math.min(width, items.length) }, async () => {
    for (const [index, item] of rest) results[index] = await work(item, index);
  });
  await Promise.all(lanes);
  return results;
}

function* entriesOf<T>(items: readonly T[]): Generator<[number, T]> {
  yield* items.entries();
}
