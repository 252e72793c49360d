import {
  defineQuery,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { toReasonText, type DegradationReason } from '../contracts/degradation-reason.ts';
import type { Degradation, JobReference, Progress, StageState } from '../contracts/jobs.ts';
import { PROGRESS_QUERY, STAGES, type Stage } from '../contracts/names.ts';
import type { PipelineRole, RecordedTarget } from '../contracts/targets.ts';
import { Chain, type ChainOutcome } from '../chain.ts';
import type { TargetFailure } from '../next-step.ts';
import type { PaidOutcome } from '../contracts/activities.ts';
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
  readonly degradations: Degradation[] = [];
  /** How often an earlier target is probed, from the configuration of the worker that started the job. */
  probeMs: number | undefined;
  /** The next stage writes it to the search attribute: a write of its own would cost an event. */
  language: string | null = null;
  private readonly stages: Record<Stage, StageState> = {
    prepare: 'waiting',
    transcribe: 'waiting',
    assemble: 'waiting',
    summarize: 'waiting',
    illustrate: 'waiting',
    render: 'waiting',
    publish: 'waiting',
  };
  private readonly job: JobReference;
  private readonly watch: WorkerWatch;
  private stage: Stage = 'prepare';
  private readonly counts = { chunks: { done: 0, total: 0 }, sections: { done: 0, total: 0 } };

  constructor(job: JobReference) {
    this.job = job;
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
  }

  /** Runs one stage and shows its state. */
  async runStage<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    this.stage = stage;
    this.stages[stage] = 'running';
    this.upsertAttributes();
    this.showDetails();
    const before = this.degradations.length;
    try {
      const value = await work();
      this.stages[stage] = this.degradations.length > before ? 'degraded' : 'done';
      return value;
    } catch (error) {
      this.stages[stage] = isCancellation(error) ? 'cancelled' : 'failed';
      throw error;
    } finally {
      this.showDetails();
    }
  }

  skipStage(stage: Stage): null {
    this.stages[stage] = 'skipped';
    this.showDetails();
    return null;
  }

  /** The chain of a role, as one stage uses it: degradations are reported. */
  chain(stage: Stage, role: PipelineRole, targets: readonly RecordedTarget[]) {
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
        await endpoint.ensureEndpointReady({ ...this.job, target, last });
      },
      probeMs: this.probeMs,
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
        const outcome = await chain.run((target, last) =>
          watch.over(target, last, () => ask(target, last)),
        );
        if (outcome.ok) noteAnswer(outcome.value.target);
        return outcome;
      },
      noteAnswer,
      /** The failure that ended the last target; null while there is a target to ask. */
      end: (): TargetFailure | null => chain.end,
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
    this.counts[items].done += count;
    this.showDetails();
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
      ].join('\n'),
    );
  }

  private count(stage: Stage): string {
    const items = ITEMS_OF[stage];
    if (items === undefined) return '';
    const { done, total } = this.counts[items];
    return total === 0 ? '' : `${done} of ${total} ${items}`;
  }
}

type Items = 'chunks' | 'sections';
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
