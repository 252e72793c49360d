export interface Deadline {
  /** By `performance.now()`. */
  readonly at: number;
  readonly onPassed: () => void;
}

/**
 * One timer for many deadlines, set for the earliest. Nearly all of them are withdrawn long before they pass, which
 * costs nothing here; a timer of Node's for each took a twentieth of a small exchange. Never early, and it keeps no
 * process alive: the sockets do.
 */
export class DeadlineClock {
  readonly #pending = new Set<Deadline>();
  #timer: NodeJS.Timeout | null = null;
  #ringsAt = Number.POSITIVE_INFINITY;

  watch(deadline: Deadline): void {
    this.#pending.add(deadline);
    if (deadline.at < this.#ringsAt) this.#set(deadline.at);
  }

  withdraw(deadline: Deadline): void {
    this.#pending.delete(deadline);
  }

  #set(at: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#ringsAt = at;
    const waitMs = Math.min(Math.max(Math.ceil(at - performance.now()), 0), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#ring(), waitMs).unref();
  }

  #ring(): void {
    this.#timer = null;
    this.#ringsAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    const passed = [...this.#pending].filter(({ at }) => at <= now);
    for (const deadline of passed) {
      this.#pending.delete(deadline);
      deadline.onPassed();
    }
    const next = Math.min(...[...this.#pending].map(({ at }) => at));
    if (next < this.#ringsAt) this.#set(next);
  }
}

/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
