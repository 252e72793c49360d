import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  sleep,
} from '@temporalio/workflow';
import type { WorkerLook } from './contracts/activities.ts';
import { FAILURES } from './contracts/failures.ts';
import type { RecordedTarget } from './contracts/targets.ts';

const FIRST_LOOK_MS = 60_000;
/** The pause doubles up to this, or to a sixteenth of a longer wait: a queue of weeks costs few events. */
const LONGEST_PAUSE_MS = 4 * 60_000;
const SHARE_OF_THE_WAIT = 16;
/** After the first look that found no worker. */
const SECOND_LOOK_MS = 15_000;

type Look = (target: string) => Promise<WorkerLook>;

/**
 * Finds targets whose queue no worker takes, as after a target was renamed: Temporal would keep their calls for ever.
 * While no call to a target ends for a minute, `look` asks whether a worker serves it. If none does, twice, the calls
 * end as `NotServedHere`; on the last target after the patience with it. A long queue is served: its calls wait.
 */
export class WorkerWatch {
  /** The targets that calls wait for, and that no worker served at the last look. */
  readonly unserved = new Set<string>();
  private readonly watched = new Map<string, Watched>();
  private readonly look: Look;
  private readonly onChange: () => void;

  constructor(look: Look, onChange: () => void) {
    this.look = look;
    this.onChange = onChange;
  }

  /** Runs `work`, which calls the target, and watches over it. */
  async over<T>({ name }: RecordedTarget, last: boolean, work: () => Promise<T>): Promise<T> {
    if (!patched('worker-watch')) return await work();
    const watched = this.watched.get(name) ?? { calls: new Set(), ended: 0, isWatching: false };
    this.watched.set(name, watched);
    const call: WatchedCall = { last, scope: new CancellationScope(), isGivenUp: false };
    watched.calls.add(call);
    if (!watched.isWatching) this.start(name, watched);
    try {
      return await call.scope.run(work);
    } catch (error) {
      if (!call.isGivenUp || !isCancellation(error)) throw error;
      throw ApplicationFailure.nonRetryable(
        `no worker serves ${name}: it is not in the hansard.yaml of any worker that runs`,
        FAILURES.NotServedHere,
      );
    } finally {
      watched.calls.delete(call);
      watched.ended += 1;
      this.note(name, true);
    }
  }

  private start(name: string, watched: Watched): void {
    watched.isWatching = true;
    // A stage that fails or is cancelled ends its calls, and with them the watch.
    CancellationScope.nonCancellable(() => this.watch(name, watched))
      .catch(() => undefined) // the look failed: the next call begins to watch again
      .finally(() => {
        watched.isWatching = false;
      });
  }

  private async watch(name: string, watched: Watched): Promise<void> {
    const { calls } = watched;
    let pause = FIRST_LOOK_MS;
    let unservedMs: number | null = null;
    let quietMs = 0;
    for (;;) {
      const { ended } = watched;
      await sleep(pause);
      if (calls.size === 0) return;
      const isQuiet = ended === watched.ended;
      quietMs = isQuiet ? quietMs + pause : 0;
      const look: WorkerLook = isQuiet ? await this.look(name) : { isServed: true };
      this.note(name, look.isServed);
      if (look.isServed) {
        unservedMs = null;
      } else if (unservedMs === null) {
        unservedMs = 0;
        pause = SECOND_LOOK_MS;
        continue;
      } else {
        unservedMs += pause;
        const isPatient = unservedMs < look.lastTargetMs && [...calls].some(({ last }) => last);
        if (!isPatient) return giveUp(calls);
      }
      pause = nextPauseMs(pause, look.isServed ? quietMs : 0);
    }
  }

  private note(name: string, isServed: boolean): void {
    if (isServed ? !this.unserved.delete(name) : this.unserved.has(name)) return;
    if (!isServed) this.unserved.add(name);
    this.onChange();
  }
}

/** The pause before the next look at a target of which no call has ended for `quietMs`. */
export const nextPauseMs = (pauseMs: number, quietMs: number): number =>
  Math.min(pauseMs * 2, Math.max(LONGEST_PAUSE_MS, quietMs / SHARE_OF_THE_WAIT));

interface Watched {
  readonly calls: Set<WatchedCall>;
  /** How many calls have ended. */
  ended: number;
  isWatching: boolean;
}

interface WatchedCall {
  readonly last: boolean;
  readonly scope: CancellationScope;
  isGivenUp: boolean;
}

function giveUp(calls: Iterable<WatchedCall>): void {
  for (const call of calls) {
    call.isGivenUp = true;
    call.scope.cancel();
  }
}
