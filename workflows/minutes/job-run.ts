import {
  ApplicationFailure,
  CancellationScope,
  makeContinueAsNewFunc,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES } from '../contracts/failures.ts';
import type { ContinuedInput, StagePosition, StageResults } from '../contracts/minutes-state.ts';
import { payloadTooLarge } from '../contracts/payload-limit.ts';
import type { JobProgress } from './job-progress.ts';

/**
 * A history that grew to this is ended. Temporal warns at 10,240 events or 10 MB, and terminates a run at five times as
 * much. What is on its way then, at most one item for each lane, is waited for in the same history.
 */
const MANY_EVENTS = 4_000;
const LARGE_BYTES = 2_500_000;

/** In histories without this marker a job has one run. */
const CONTINUES = 'continue-as-new';

/** One run of a job, and how the job continues as new: with the results of its stages and the place where one of them is. */
export class JobRun {
  /** What the stages gave so far. A stage sets its own when it is over. */
  results: StageResults;
  /** Where the run before this one ended. */
  readonly position: StagePosition;
  private readonly input: ContinuedInput;
  private readonly progress: JobProgress;
  /** What runs beside the stages. The next run would not hear of its end, and pay for it again. */
  private beside: Promise<unknown> | null = null;

  constructor(input: ContinuedInput, progress: JobProgress) {
    this.input = input;
    this.results = input.state?.results ?? {};
    this.position = input.state?.position ?? {};
    this.progress = progress;
  }

  /** Runs a stage unless an earlier run has its result, which is kept. */
  async once<K extends keyof StageResults>(
    name: K,
    work: () => Promise<NonNullable<StageResults[K]>>,
  ): Promise<NonNullable<StageResults[K]>> {
    const held = this.results[name];
    if (held !== undefined) return held;
    const value = await work();
    this.results = { ...this.results, [name]: value };
    return value;
  }

  /** The job does not continue as new before `work`, which runs beside the stages, has ended. */
  waitFor(work: Promise<unknown>): void {
    this.beside = work;
    const end = (): void => {
      if (this.beside === work) this.beside = null;
    };
    work.then(end, end);
  }

  /** Whether the history is so long that the job continues as new as soon as nothing is on its way. */
  isLong(): boolean {
    const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
    // It would wait for what runs beside: until then it goes on for as long as the history may grow.
    const times = this.beside === null ? 1 : 1.75;
    const isLong =
      (continueAsNewSuggested && this.beside === null) ||
      historyLength >= times * MANY_EVENTS ||
      historySize >= times * LARGE_BYTES;
    return isLong && this.mayContinue();
  }

  /** Whether the job continues as new at a good place, although its history is not long yet. */
  isFree(): boolean {
    return this.beside === null && this.mayContinue();
  }

  /** False while an older history is replayed. */
  private mayContinue(): boolean {
    return patched(CONTINUES);
  }

  /**
   * Ends this run, and begins the next one at `position`. No call of a stage may be on its way. Search attributes, timeouts and the
   * priority pass to the next run by themselves.
   */
  async continueAsNew(position: StagePosition): Promise<never> {
    await this.beside;
    // A request to cancel that has come meanwhile belongs to this run: the next one would not hear of it.
    const scope = CancellationScope.current();
    if (scope.consideredCancelled) await scope.cancelRequested;
    const { results, progress } = this;
    const input = { ...this.input, state: { results, position, progress: progress.toState() } };
    const fault = payloadTooLarge('the state of a run', input);
    if (fault !== null) throw ApplicationFailure.nonRetryable(fault, FAILURES.PayloadTooLarge);
    return await makeContinueAsNewFunc<(next: ContinuedInput) => Promise<unknown>>()(input);
  }
}
