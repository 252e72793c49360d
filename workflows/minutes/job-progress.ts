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

export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

/** The targets of a role as a stage asks them. */
export interface RoleChain {
  readonly run: <T extends PaidOutcome>(
    ask: (target: RecordedTarget, last: boolean) => Promise<T>,
  ) => Promise<ChainOutcome<T>>;
  /** Another target's answer than the first one's, held from an earlier job, is a degradation: told once. */
  readonly noteAnswer: (target: string) => void;
  /** The failure that ended the last target, once there is none left to ask. */
  readonly end: () => TargetFailure | null;
}

/** What the job has done so far: the answer of the query, the details in the Temporal UI, the search attributes. */
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

  /** Runs one stage; a stage that throws shows as failed. */
  async during<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    this.stage = stage;
    this.stages[stage] = 'running';
    this.upsert();
    this.show();
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
      this.show();
    }
  }

  /** How often an earlier target is probed, as the worker that started the job is configured. */
  probeEvery(probeMs: number | undefined): void {
    this.probeMs = probeMs ?? null;
  }

  skip(stage: Stage): null {
    this.stages[stage] = 'skipped';
    this.show();
    return null;
  }

  /** The targets of one role in one stage; a fallback, and an answer held of another target, show at once. */
  chain(stage: Stage, role: PipelineRole, targets: readonly RecordedTarget[]): RoleChain {
    const onFallback = (failure: TargetFailure, to: RecordedTarget) =>
      this.degrade({
        stage,
        role,
        level: 'fallback',
        target: to.name,
        reason: toTargetReason(failure),
      });
    const known = (target: string) =>
      this.degradations.some(
        (told) => told.stage === stage && told.role === role && told.target === target,
      );
    const chain = new Chain(targets, {
      onFallback,
      onStray: (failure, to) => {
        if (!known(to.name)) onFallback(failure, to);
      },
      wake: async (target, last) => {
        await endpoint.ensureEndpointReady({ ...this.job, target, last });
      },
      ...(this.probeMs !== null && { probeMs: this.probeMs }),
    });
    const noteAnswer = (target: string) => {
      if (known(target) || target === targets[0]?.name) return;
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
    this.show();
  }

  /** A summary that an earlier prompt was given stands in for today's: told once a target and date. */
  adopted(target: string, date: string): void {
    const reason = { kind: 'earlier_prompt', date } as const;
    const isKnown = this.degradations.some(
      (known) => known.target === target && known.reason === toReasonText(reason),
    );
    if (isKnown) return;
    this.degrade({ stage: 'summarize', role: 'summarize', level: 'earlier', target, reason });
  }

  /** Carried to the search attribute by the next stage's upsert, to save an event. */
  spoken(language: string | null): void {
    this.language = language;
  }

  countChunks(total: number): void {
    this.chunks.total = total;
    this.show();
  }

  chunkDone(count = 1): void {
    this.chunks.done += count;
    this.show();
  }

  countSections(total: number): void {
    this.sections = { done: 0, total };
    this.show();
  }

  sectionDone(): void {
    this.sections.done += 1;
    this.show();
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

  private upsert(): void {
    upsertSearchAttributes({
      Tenant: [this.job.tenant],
      Stage: [this.stage],
      ...(this.language !== null && { Language: [this.language] }),
      Degraded: [this.degradations.length > 0 ? 'true' : 'false'],
    });
  }

  /** Costs no event: the UI reads it by a query. */
  private show(): void {
    const rows = STAGES.map((name) => `| ${name} | ${this.stages[name]} | ${this.count(name)} |`);
    const degraded = this.degradations.map(
      ({ stage, role, level, target, reason }) =>
        `- **${stage === role ? stage : `${stage} (${role})`}**: ${level}${target === null ? '' : ` to \`${target}\``}: ${reason}`,
    );
    setCurrentDetails(
      [
        // First, for the UI shows some ten lines and the rest by scrolling.
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

/** The reason of a degradation to which the failure of a target led. */
export const toTargetReason = (
  failure: TargetFailure,
  { isPictureHeld = false }: { readonly isPictureHeld?: boolean } = {},
): DegradationReason => ({
  kind: 'target_failed',
  target: failure.target === '' ? null : failure.target,
  failure: failure.type,
  isPictureHeld,
});
