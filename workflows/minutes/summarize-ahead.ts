import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { JobReference } from '../contracts/jobs.ts';
import type { AheadPosition, ChainMemory } from '../contracts/minutes-state.ts';
import type { RecordedTarget } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import { later, paid } from '../activities.ts';
import { AHEAD, firstSections } from './first-sections.ts';
import type { JobProgress, RoleChain } from './job-progress.ts';
import type { JobRun } from './job-run.ts';
import { orLoss } from './or-loss.ts';

/** Summaries in flight: beside the transcription they need not be the fastest. */
const WIDTH = 8;

/** What is heard, as far as it is. */
interface Heard {
  readonly planKey: string;
  /** Call key of the answer that tells who spoke, once it is known; names are part of what is summarised. */
  readonly diarized: () => Promise<string | undefined>;
}

/**
 * Has the first sections summarised while later windows are transcribed. It only gives a head start: the answers are
 * stored under the keys of their work, and the stage `summarize` finds them there. What fails is asked for again in that
 * stage, with all its patience, so that here the first failure which is no section's own ends the work.
 */
export class SectionsAhead {
  private readonly job: JobReference;
  private readonly targets: readonly RecordedTarget[];
  private readonly progress: JobProgress;
  private readonly run: JobRun;
  private readonly scope = new CancellationScope();
  /** A cut that is not needed any more is given up; a call that is paid for is waited for. */
  private readonly cutting = new CancellationScope({ cancellable: true, parent: this.scope });
  private readonly before: AheadPosition | undefined;
  private chain: RoleChain | null = null;
  /** Windows that are transcribed, and of these the ones whose sections are cut. */
  private windows = 0;
  private cut = 0;
  /** The first section that was not asked for. */
  private next: number;
  private isOver: boolean;
  private isPaused = false;
  private working: Promise<void> | null = null;
  private failure: unknown = null;

  constructor(
    job: JobReference,
    targets: readonly RecordedTarget[],
    { progress, run }: { readonly progress: JobProgress; readonly run: JobRun },
  ) {
    this.job = job;
    this.targets = targets;
    this.progress = progress;
    this.run = run;
    this.before = run.position.transcribe?.ahead;
    this.next = this.before?.next ?? 0;
    this.isOver = targets.length === 0 || this.before?.isOver === true;
  }

  /** The first `windows` are transcribed, and others follow. */
  windowClosed(windows: number, heard: Heard): void {
    if (this.isOver || !patched(AHEAD)) return;
    this.windows = windows;
    if (this.working !== null) return;
    const work = this.scope
      .run(() => this.work(heard))
      .catch((error: unknown) => {
        // A cancelled job, or a transcription that failed, ends by itself.
        if (!isCancellation(error)) this.failure = error;
      })
      .finally(() => {
        this.working = null;
      });
    this.working = work;
  }

  /** No other section begins, and what is on its way is waited for. */
  async end(): Promise<void> {
    this.isOver = true;
    this.cutting.cancel();
    await this.working;
    if (this.failure !== null) throw this.failure;
  }

  /** Does `work`; where it fails, gives up what runs beside it. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.isOver = true;
      this.scope.cancel();
      await this.working;
      throw error;
    }
  }

  /** For the next run of the job: no other section begins, and what is on its way is waited for. */
  async position(): Promise<{ readonly ahead?: AheadPosition }> {
    this.isPaused = true;
    this.cutting.cancel();
    await this.working;
    const chain = this.learnt();
    const { next, isOver } = this;
    return chain === undefined ? {} : { ahead: { chain, next, isOver } };
  }

  /** What the stage starts with: a target that failed here has a new chance there. */
  memory(): ChainMemory | undefined {
    const chain = this.learnt();
    if (chain === undefined || chain.end === null) return chain;
    return { ...chain, current: 0, probedAt: 0, end: null };
  }

  private learnt(): ChainMemory | undefined {
    return this.chain?.memory() ?? this.before?.chain;
  }

  private async work({ planKey, diarized }: Heard): Promise<void> {
    const callKey = await diarized();
    const heard = { planKey, ...(callKey !== undefined && { diarized: callKey }) };
    const sections = firstSections(this.job, this.targets);
    while (this.cut < this.windows && !this.mustStop()) {
      const { windows, next: from } = this;
      const { value, loss } = await orLoss(() =>
        this.cutting.run(() =>
          later.wholeRecording.cutAhead({ ...sections, ...heard, windows, from }),
        ),
      );
      this.cut = windows;
      if (loss !== null) {
        this.isOver = true;
        return;
      }
      const open = value.open.filter((section) => section >= this.next);
      if (open.length > 0) this.progress.startBeside('summarize');
      await mapBounded(
        open,
        WIDTH,
        (section) => this.ask({ ...sections, section }),
        () => this.mustStop(),
      );
    }
  }

  private async ask(at: ReturnType<typeof firstSections> & { readonly section: number }) {
    const { section } = at;
    this.next = section + 1;
    this.chain ??= this.progress.chain('summarize', 'summarize', this.targets, {
      before: this.before?.chain,
      patient: false,
    });
    const { chain } = this;
    const { loss } = await orLoss(() =>
      chain.run((target, last) =>
        paid
          .summarize(target, `section ${section + 1}, ahead of the others`)
          .summarizeSection({ ...at, target, last, ahead: true }),
      ),
    );
    if (loss !== null || chain.end() !== null) this.isOver = true;
  }

  private mustStop(): boolean {
    return this.isOver || this.isPaused || this.run.isLong();
  }
}
