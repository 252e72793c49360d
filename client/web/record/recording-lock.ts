const NAME = 'hansard.recording.';

/** A recording is in the hands of another tab. */
export class RecordingHeldError extends Error {
  override readonly name = 'RecordingHeldError';
}

/**
 * Keeps other tabs from offering a recording that goes on here, until it is released or the tab is closed. Answers what
 * releases it. Throws `RecordingHeldError`.
 */
export async function holdRecording(id: string): Promise<() => void> {
  const over = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  void navigator.locks
    .request(`${NAME}${id}`, { ifAvailable: true }, async (lock) => {
      if (lock === null) return held.reject(new RecordingHeldError(id));
      held.resolve(undefined);
      await over.promise;
    })
    .catch(held.reject);
  await held.promise;
  return () => over.resolve(undefined);
}

/** The ids of the recordings that go on, in this tab or in others. */
export async function heldRecordings(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  const names = held.flatMap(({ name = '' }) =>
    name.startsWith(NAME) ? [name.slice(NAME.length)] : [],
  );
  return new Set(names);
}
