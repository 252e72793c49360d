/** Another tab goes on with it. */
class HeldElsewhereError extends Error {
  override readonly name = 'HeldElsewhereError';
}

const NAME = 'hansard.';

/**
 * Keeps other tabs from offering what goes on here, a recording or an upload by its id, until it is released or the tab is
 * closed. Answers what releases it. Throws `HeldElsewhereError`.
 */
export async function hold(id: string): Promise<() => void> {
  // Without TLS there are no locks.
  if (!('locks' in navigator)) return () => undefined;
  const over = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  void navigator.locks
    .request(`${NAME}${id}`, { ifAvailable: true }, async (lock) => {
      if (lock === null) return held.reject(new HeldElsewhereError(id));
      held.resolve(undefined);
      await over.promise;
    })
    .catch(held.reject);
  await held.promise;
  return () => over.resolve(undefined);
}

/** The ids of what goes on, in this tab or in others. */
export async function heldIds(): Promise<ReadonlySet<string>> {
  if (!('locks' in navigator)) return new Set();
  const { held = [] } = await navigator.locks.query();
  const ids = held.flatMap(({ name = '' }) =>
    name.startsWith(NAME) ? [name.slice(NAME.length)] : [],
  );
  return new Set(ids);
}
