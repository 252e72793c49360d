import { setTimeout as delay } from 'node:timers/promises';

/** Waits, or ends early where the server is to end. */
export async function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal: stopping });
  } catch (error) {
    if (!stopping.aborted) throw error;
  }
}
