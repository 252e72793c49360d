import {
  ContinueAsNew,
  defineQuery,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { toReasonText, type DegradationReason } from '../contracts/degradation-reason.ts';
import { countText } from '../contracts/count-text.ts';
import type {
  Degradation,
  ItemCount,
  JobReference,
  Progress,
  StageState,
} from '../contracts/jobs.ts';
import { PROGRESS_QUERY, STAGES, type Stage } from '../contracts/names.ts';
import type { ChainMemory, ProgressState } from '../contracts/minutes-state.ts';
import type { PipelineRole, RecordedTarget, TargetFailure } from '../contracts/targets.ts';
import { Chain, type ChainOutcome } from '../chain.ts';
import type { PaidOutcome } from '../contracts/paid-activity.ts';
import { endpoint, io } from '../activities.ts';
import { WorkerWatch } from '../worker-watch.ts';
import type { Failure } from './failure-of.ts';

/** A degradation as a stage reports it. */
type Degrading = {
  readonly stage: Stage;
  /** Default: the role named like the stage. */
  readonly role?: string;
  readonly reason: DegradationReason;
} & (
  | { readonly level: 'fallback' | 'earlier'; readonly target: string }
  | { readonly level: 'simplified' | 'missing'; readonly target?: null }
);

export type RoleChain = ReturnType<JobProgress['chain']>;

/** The state of a job, and its three views: the `progress` query, the details in the Temporal UI, the search attributes. */
export class JobProgress {
  readonly degradations: Degradation[];
  /** How often an earlier target is probed, from the configuration of the worker that started the job. */
  probeMs: number | undefined;
  /** The next stage writes it to the search attribute: a write of its own would cost an event. */
  language: string | null = null;
  private readonly stages: Record<Stage, StageState>;
  private readonly job: JobReference;
  private readonly watch: WorkerWatch;
  private stage: Stage;
  private readonly counts: Record<Items, ItemCount>;
  /** How many degradations there were when the stage began. */
  private before: number;
  /** Of the job, from 1. */
  private readonly run: number;

  /** `state`: of the run before this one, where the job continues as new. */
  constructor(job: JobReference, state: ProgressState = BEGINNING) {
    this.job = job;
    this.degradations = [...state.degradations];
    this.stages = { ...BEGINNING.stages, ...state.stages };
    this.stage = state.stage;
    this.counts = { chunks: { ...state.chunks }, sections: { ...state.sections } };
    this.before = state.before;
    this.run = state.run;
    this.watch = new WorkerWatch(
      (target) => io.lookForWorker({ ...job, target }),
      () => this.showDetails(),
    );
    setHandler(defineQuery<Progress>(PROGRESS_QUERY), () => ({
      stage: this.stage,
      stages: this.stages,
      ...this.counts,
      degradations: this.degradations,
      unserved: [...this.watch.unserved],
    }));
    // The details are a run's own; search attributes pass from one run to the next.
    if (this.run > 1) this.showDetails();
  }

  /** For the next run, when the job continues as new. */
  toState(): ProgressState {
    const { stage, stages, counts, degradations, before, run } = this;
    return { stage, stages, ...counts, degradations, before, run: run + 1 };
  }

  /** Runs one stage and shows its state: a stage that an earlier run of the job began goes on. */
  async runStage<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    if (this.stage !== stage || this.stages[stage] !== 'running') {
      this.stage = stage;
      this.stages[stage] = 'running';
      this.before = this.degradations.length;
      this.upsertAttributes();
      this.showDetails();
    }
    try {
      const value = await work();
      this.stages[stage] = this.isDegraded(stage) ? 'degraded' : 'done';
      return value;
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      for (const beside of this.runningBeside(stage)) this.stages[beside] = 'cancelled';
      this.stages[stage] = isCancellation(error) ? 'cancelled' : 'failed';
      throw error;
    } finally {
      this.showDetails();
    }
  }

  /** By what was reported while it ran, or of it before, when it ran beside another one. */
  private isDegraded(stage: Stage): boolean {
    const beside = this.runningBeside(stage);
    return this.degradations.some(
      (degradation, index) =>
        degradation.stage === stage ||
        (index >= this.before && !beside.includes(degradation.stage)),
    );
  }

  private runningBeside(stage: Stage): Stage[] {
    return STAGES.filter((name) => name !== stage && this.stages[name] === 'running');
  }

  /** A stage begins beside another one, which stays the one that is shown. */
  startBeside(stage: Stage): void {
    this.stages[stage] = 'running';
    this.showDetails();
  }

  endBeside(stage: Stage): void {
    const isDegraded = this.degradations.some((degradation) => degradation.stage === stage);
    this.stages[stage] = isDegraded ? 'degraded' : 'done';
    this.showDetails();
  }

  skipStage(stage: Stage): null {
    this.stages[stage] = 'skipped';
    this.showDetails();
    return null;
  }

  /**
   * The chain of a role, as one stage uses it: degradations are reported. `before`: what it learnt in the run before. Not
   * `patient`: its last target is waited for no longer than the others, for minutes and not for hours.
   */
  chain(
    stage: Stage,
    role: PipelineRole,
    targets: readonly RecordedTarget[],
    {
      before,
      patient = true,
    }: { readonly before?: ChainMemory | undefined; readonly patient?: boolean } = {},
  ) {
    const onFallback = (failure: TargetFailure, { name: target }: RecordedTarget) =>
      this.degrade({ stage, role, level: 'fallback', target, reason: toTargetReason(failure) });
    const isKnown = (target: string) =>
      this.degradations.some(
        (known) => known.stage === stage && known.role === role && known.target === target,
      );
    const watch = this.watch;
    const chain = new Chain(targets, {
      onFallback,
      onStray: (failure, to) => {
        if (!isKnown(to.name)) onFallback(failure, to);
      },
      wake: async (target, last) => {
        await endpoint.ensureEndpointReady({ ...this.job, target, last: last && patient });
      },
      probeMs: this.probeMs,
      before,
      patched,
    });
    /** A stored answer of a target that is not the first is a degradation, reported once per target. */
    const noteAnswer = (target: string) => {
      if (isKnown(target) || target === targets[0]?.name) return;
      this.degrade({ stage, role, level: 'earlier', target, reason: { kind: 'stored' } });
    };
    return {
      run: async <T extends PaidOutcome>(
        ask: (target: RecordedTarget, last: boolean) => Promise<T>,
      ): Promise<ChainOutcome<T>> => {
        const outcome = await chain.run((target, isLast) => {
          const last = isLast && patient;
          return watch.over(target, last, () => ask(target, last));
        });
        if (outcome.ok) noteAnswer(outcome.value.target);
        return outcome;
      },
      noteAnswer,
      /** The failure that ended the last target; null while there is a target to ask. */
      end: (): TargetFailure | null => chain.end,
      /** For the next run of the job. */
      memory: () => chain.memory(),
    };
  }

  degrade({ stage, role = stage, level, target = null, reason }: Degrading): void {
    // `renderMinutes` finds the spans.
    this.degradations.push({ stage, role, level, target, spans: [], reason: toReasonText(reason) });
    this.showDetails();
  }

  /** The answer of an earlier prompt is used: reported once per target and date. */
  noteEarlierSummary(target: string, date: string): void {
    const reason = { kind: 'earlier_prompt', date } as const;
    const isKnown = this.degradations.some(
      (known) => known.target === target && known.reason === toReasonText(reason),
    );
    if (isKnown) return;
    this.degrade({ stage: 'summarize', level: 'earlier', target, reason });
  }

  /** Begins to count: again, when the transcript is cut into other sections. */
  countItems(items: Items, total: number): void {
    this.counts[items] = { done: 0, total };
    this.showDetails();
  }

  itemsDone(items: Items, count = 1): void {
    this.setDone(items, this.counts[items].done + count);
  }

  setDone(items: Items, done: number): void {
    this.counts[items] = { ...this.counts[items], done };
    this.showDetails();
  }

  /** Corrects the number of items; not `isAll`: there will be more. */
  expectItems(items: Items, total: number, { isAll }: { readonly isAll: boolean }): void {
    const { done } = this.counts[items];
    this.counts[items] = { done, total, ...(!isAll && { isAtLeast: true }) };
    this.showDetails();
  }

  doneOf(items: Items): number {
    return this.counts[items].done;
  }

  private upsertAttributes(): void {
    upsertSearchAttributes({
      Tenant: [this.job.tenant],
      Stage: [this.stage],
      ...(this.language !== null && { Language: [this.language] }),
      Degraded: [this.degradations.length > 0 ? 'true' : 'false'],
    });
  }

  /** Costs no event: the UI reads the details with a query. */
  private showDetails(): void {
    const rows = STAGES.map((name) => `| ${name} | ${this.stages[name]} | ${this.count(name)} |`);
    const degraded = this.degradations.map(
      ({ stage, role, level, target, reason }) =>
        `- **${stage === role ? stage : `${stage} (${role})`}**: ${level}${target === null ? '' : ` to \`${target}\``}: ${reason}`,
    );
    setCurrentDetails(
      [
        // First, because the UI shows about ten lines without scrolling.
        ...[...this.watch.unserved].map((target) => `**No worker serves \`${target}\`.**\n`),
        ...(degraded.length > 0 ? ['**Degradations**', '', ...degraded, ''] : []),
        '| stage | state | done |',
        '|---|---|---|',
        ...rows,
        // The UI shows the runs of a job one by one, and only the first has a summary.
        ...(this.run > 1 ? ['', `Run ${this.run} of this job, which continues as new.`] : []),
      ].join('\n'),
    );
  }

  private count(stage: Stage): string {
    const items = ITEMS_OF[stage];
    if (items === undefined) return '';
    const { total } = this.counts[items];
    return total === 0 ? '' : `${countText(this.counts[items])} ${items}`;
  }
}

type Items = 'chunks' | 'sections';

const BEGINNING = {
  stage: 'prepare',
  stages: {
    prepare: 'waiting',
    transcribe: 'waiting',
    diarize: 'waiting',
    assemble: 'waiting',
    summarize: 'waiting',
    illustrate: 'waiting',
    render: 'waiting',
    publish: 'waiting',
  },
  chunks: { done: 0, total: 0 },
  sections: { done: 0, total: 0 },
  degradations: [],
  before: 0,
  run: 1,
} satisfies ProgressState;

const ITEMS_OF: Partial<Record<Stage, Items>> = { transcribe: 'chunks', summarize: 'sections' };

/** The reason of a degradation that a failure caused which is no target's. */
export const toLossReason = ({ type }: Failure) =>
  ({ kind: 'failed', failure: type }) satisfies DegradationReason;

/** The reason of a degradation that a target's failure caused. */
export const toTargetReason = ({ type, target }: TargetFailure) =>
  ({
    kind: 'target_failed',
    target: target === '' ? null : target,
    failure: type,
    isPictureHeld: false,
  }) satisfies DegradationReason;
