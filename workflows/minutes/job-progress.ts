import {
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { toReasonText, type DegradationReason } from '../contracts/degradation-reason.ts';
import type {
  Degradation,
  JobReference,
  MinutesInput,
  Progress,
  StageState,
} from '../contracts/jobs.ts';
import { PROGRESS_QUERY, STAGES, type Stage } from '../contracts/names.ts';
import type { PipelineRole, RecordedTarget } from '../contracts/targets.ts';
import { Chain, type ChainOutcome } from '../chain.ts';
import type { TargetFailure } from '../next-step.ts';
import type { PaidOutcome } from '../contracts/activities.ts';
import { endpoint } from '../activities.ts';

/** A degradation as a stage reports it. */
interface Degrading extends Omit<Degradation, 'role' | 'spans' | 'reason'> {
  readonly role: PipelineRole;
  readonly reason: DegradationReason;
}

const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

/** The chain of a role, as one stage uses it: degradations are reported. */
export interface RoleChain {
  readonly run: <T extends PaidOutcome>(
    ask: (target: RecordedTarget, last: boolean) => Promise<T>,
  ) => Promise<ChainOutcome<T>>;
  /** A stored answer of a target that is not the first is a degradation, reported once per target. */
  readonly noteAnswer: (target: string) => void;
  /** The failure that ended the last target; null while there is a target to ask. */
  readonly end: () => TargetFailure | null;
}

/** The state of a job, and its three views: the `progress` query, the details in the Temporal UI, the search attributes. */
export class JobProgress {
  readonly degradations: Degradation[] = [];
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
  private probeMs: number | null = null;
  private stage: Stage = 'prepare';
  private language: string | null = null;
  private chunks = { done: 0, total: 0 };
  private sections = { done: 0, total: 0 };

  constructor(input: MinutesInput) {
    this.job = { tenant: input.tenant, jobId: input.jobId };
    setHandler(progressQuery, () => this.snapshot());
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
      if (this.stages[stage] === 'running')
        this.stages[stage] = this.degradations.length > before ? 'degraded' : 'done';
      return value;
    } catch (error) {
      this.stages[stage] = isCancellation(error) ? 'cancelled' : 'failed';
      throw error;
    } finally {
      this.showDetails();
    }
  }

  /** How often an earlier target is probed, from the configuration of the worker that started the job. */
  setProbeInterval(probeMs: number | undefined): void {
    this.probeMs = probeMs ?? null;
  }

  skipStage(stage: Stage): null {
    this.stages[stage] = 'skipped';
    this.showDetails();
    return null;
  }

  chain(stage: Stage, role: PipelineRole, targets: readonly RecordedTarget[]): RoleChain {
    const onFallback = (failure: TargetFailure, to: RecordedTarget) =>
      this.degrade({
        stage,
        role,
        level: 'fallback',
        target: to.name,
        reason: toTargetReason(failure),
      });
    const isKnown = (target: string) =>
      this.degradations.some(
        (known) => known.stage === stage && known.role === role && known.target === target,
      );
    const chain = new Chain(targets, {
      onFallback,
      onStray: (failure, to) => {
        if (!isKnown(to.name)) onFallback(failure, to);
      },
      wake: async (target, last) => {
        await endpoint.ensureEndpointReady({ ...this.job, target, last });
      },
      ...(this.probeMs !== null && { probeMs: this.probeMs }),
    });
    const noteAnswer = (target: string) => {
      if (isKnown(target) || target === targets[0]?.name) return;
      this.degrade({ stage, role, level: 'earlier', target, reason: { kind: 'stored' } });
    };
    return {
      run: async (ask) => {
        const outcome = await chain.run(ask);
        if (outcome.ok) noteAnswer(outcome.value.target);
        return outcome;
      },
      noteAnswer,
      end: () => chain.end,
    };
  }

  degrade({ reason, ...rest }: Degrading): void {
    // `renderMinutes` finds the spans.
    this.degradations.push({ ...rest, spans: [], reason: toReasonText(reason) });
    this.showDetails();
  }

  /** The answer of an earlier prompt is used: reported once per target and date. */
  noteEarlierSummary(target: string, date: string): void {
    const reason = { kind: 'earlier_prompt', date } as const;
    const isKnown = this.degradations.some(
      (known) => known.target === target && known.reason === toReasonText(reason),
    );
    if (isKnown) return;
    this.degrade({ stage: 'summarize', role: 'summarize', level: 'earlier', target, reason });
  }

  /** The next stage writes it to the search attribute: a write of its own would cost an event. */
  noteLanguage(language: string | null): void {
    this.language = language;
  }

  countChunks(total: number): void {
    this.chunks.total = total;
    this.showDetails();
  }

  chunkDone(count = 1): void {
    this.chunks.done += count;
    this.showDetails();
  }

  countSections(total: number): void {
    this.sections = { done: 0, total };
    this.showDetails();
  }

  sectionDone(): void {
    this.sections.done += 1;
    this.showDetails();
  }

  private snapshot(): Progress {
    return {
      stage: this.stage,
      stages: { ...this.stages },
      chunks: { ...this.chunks },
      sections: { ...this.sections },
      degradations: this.degradations,
    };
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
        ...(degraded.length > 0 ? ['**Degradations**', '', ...degraded, ''] : []),
        '| stage | state | done |',
        '|---|---|---|',
        ...rows,
      ].join('\n'),
    );
  }

  private count(stage: Stage): string {
    const of = (count: { readonly done: number; readonly total: number }, things: string) =>
      count.total === 0 ? '' : `${count.done} of ${count.total} ${things}`;
    if (stage === 'transcribe') return of(this.chunks, 'chunks');
    if (stage === 'summarize') return of(this.sections, 'sections');
    return '';
  }
}

/** The reason of a degradation that a target's failure caused. */
export const toTargetReason = (
  failure: TargetFailure,
  { isPictureHeld = false }: { readonly isPictureHeld?: boolean } = {},
): DegradationReason => ({
  kind: 'target_failed',
  target: failure.target === '' ? null : failure.target,
  failure: failure.type,
  isPictureHeld,
});
