/** Looks again at most once in so many milliseconds; whoever asks meanwhile gets what was found, or its error. */
export function keptFor<T>(ms: number, look: () => Promise<T>): () => Promise<T> {
  let latest: { readonly at: number; readonly found: Promise<T> } | null = null;
  return async () => {
    const now = performance.now();
    if (latest === null || now - latest.at > ms) latest = { at: now, found: look() };
    return await latest.found;
  };
}
