import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { JobNotFoundError } from '../../jobs/find-job.ts';
import { hasEnded, type JobView } from '../../jobs/job-view.ts';
import { watchJob } from '../../jobs/watch-job.ts';

/** How a job stands, as listeners are told. */
export interface SeenState {
  /** Of this state, and no other: also after a restart. */
  readonly id: string;
  readonly json: string;
  readonly isLast: boolean;
}

export function stateOf({ status, failure, failureMessage, progress }: JobView): SeenState {
  const json = JSON.stringify({
    ...status,
    failure,
    failureMessage,
    ...progressOf({ progress }),
  });
  return { id: sha256(json).slice(0, 16), json, isLast: hasEnded(status) };
}

/** What the answers about a job say of its run. */
export const progressOf = ({ progress }: Pick<JobView, 'progress'>) => ({
  stages: progress?.stages ?? null,
  sections: progress?.sections ?? null,
  unserved: progress?.unserved ?? [],
});

export interface JobListener {
  readonly next: (state: SeenState) => void;
  /** There is nothing new. */
  readonly beat: () => void;
  /** Nothing follows: the job has ended, or, where it is not over, nobody looks any more. */
  readonly end: (isOver: boolean) => void;
}

interface Watched {
  readonly listeners: Set<JobListener>;
  readonly stop: AbortController;
  latest: SeenState | null;
}

export interface WatcherOptions {
  readonly look: (job: WatchedJob) => Promise<JobView>;
  /** Told once an outage. */
  readonly onTrouble: (error: unknown) => void;
  /** Default 1 s. */
  readonly intervalMs?: number;
  /** Default 15 s. */
  readonly beatMs?: number;
}

interface WatchedJob {
  readonly tenant: string;
  readonly id: string;
}

/** Looks at jobs for as long as somebody listens: once, however many do. */
export function createJobWatchers({
  look,
  onTrouble,
  intervalMs = 1_000,
  beatMs = 15_000,
}: WatcherOptions) {
  const all = new Map<string, Watched>();

  function watch(job: WatchedJob, key: string): Watched {
    const watched: Watched = { listeners: new Set(), stop: new AbortController(), latest: null };
    const { listeners, stop } = watched;
    const beats = setInterval(() => {
      for (const listener of listeners) listener.beat();
    }, beatMs).unref();
    const end = (isOver: boolean) => {
      clearInterval(beats);
      if (all.get(key) === watched) all.delete(key);
      for (const listener of listeners) listener.end(isOver);
      listeners.clear();
    };
    const { signal } = stop;
    const show = (view: JobView) => {
      const state = stateOf(view);
      if (state.id === watched.latest?.id) return;
      watched.latest = state;
      for (const listener of listeners) listener.next(state);
    };
    const patient = () => untilSeen(() => look(job), signal, intervalMs, onTrouble);
    watchJob({ id: job.id, signal, look: patient, show, intervalMs }).then(
      () => end(true),
      // Nobody listens any more, or the job was deleted.
      () => end(false),
    );
    return watched;
  }

  return {
    /** Tells the present state, unless it is the one with this id, and every other one. Returns how to stop that. */
    listen: (job: WatchedJob, listener: JobListener, knownId: string | undefined): (() => void) => {
      const key = `${job.tenant}/${job.id}`;
      const watched = all.get(key) ?? watch(job, key);
      all.set(key, watched);
      const { latest, listeners, stop } = watched;
      const told: JobListener = {
        ...listener,
        next: (state) => {
          if (state.id !== knownId) listener.next(state);
          knownId = undefined;
        },
      };
      listeners.add(told);
      if (latest !== null) told.next(latest);
      return () => {
        listeners.delete(told);
        if (listeners.size > 0) return;
        if (all.get(key) === watched) all.delete(key);
        stop.abort();
      };
    },

    close: (): void => {
      for (const { stop } of all.values()) stop.abort();
    },
  };
}

/** A service that is away is waited for: listeners are told when it is back. */
async function untilSeen(
  look: () => Promise<JobView>,
  signal: AbortSignal,
  intervalMs: number,
  onTrouble: (error: unknown) => void,
): Promise<JobView> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (error instanceof JobNotFoundError) throw error;
      if (tries === 0) onTrouble(error);
      await sleep(intervalMs * 5, undefined, { signal });
    }
  }
}
