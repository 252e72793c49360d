interface Options {
  /** How long a value is good, in milliseconds. */
  readonly keepMs: number;
  /** How long nothing is tried after a failure. */
  readonly coolDownMs: number;
}

/**
 * Loads something once for all who ask, and again when it is old. If that fails, an old value stays; without one, all who ask
 * in the cool-down get the same error, and nothing is tried.
 */
export function refreshed<T>(
  load: () => Promise<T>,
  { keepMs, coolDownMs }: Options,
): () => Promise<T> {
  let kept: { readonly value: T; readonly until: number } | null = null;
  let failed: { readonly error: unknown; readonly until: number } | null = null;
  let loading: Promise<T> | null = null;
  const reload = async (): Promise<T> => {
    try {
      const value = await load();
      kept = { value, until: Date.now() + keepMs };
      failed = null;
      return value;
    } catch (error) {
      failed = { error, until: Date.now() + coolDownMs };
      if (kept !== null) return kept.value;
      throw error;
    } finally {
      loading = null;
    }
  };
  return async () => {
    if (kept !== null && Date.now() < kept.until) return kept.value;
    if (failed !== null && Date.now() < failed.until) {
      if (kept !== null) return kept.value;
      throw failed.error;
    }
    return await (loading ??= reload());
  };
}
