import { patched } from '@temporalio/workflow';
import type { ItemFailure } from '../contracts/paid-activity.ts';
import type { PlanReduction, SectionsReference } from '../contracts/summarizing.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { SummaryRound } from '../contracts/minutes-state.ts';
import type { TargetFailure } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import { later } from '../activities.ts';
import type { Failure } from './failure-of.ts';
import type { JobProgress, RoleChain } from './job-progress.ts';
import type { JobRun } from './job-run.ts';

/** Summaries in flight. */
const WIDTH = 16;

/** Failures of one section that do not concern the other sections. */
const SECTION_FAILURES: readonly string[] = [
  FAILURES.BadRequest,
  FAILURES.TooLarge,
  FAILURES.ItemExhausted,
];

/** A failure that is no target's names none. */
export const ownFailure = (loss: Failure): TargetFailure => ({ ...loss, target: '' });
export const isOwn = ({ type, target }: TargetFailure): boolean =>
  target === '' && type !== FAILURES.NoTarget;

/** More answers than this go into parts, which `keepAnswers` stores: no input carries thousands of keys. */
const ANSWERS_A_PART = 200;

/** What a summary is made with. */
export interface SummaryMaking {
  readonly progress: JobProgress;
  readonly run: JobRun;
  readonly chain: RoleChain;
}

/** The answers of a round: the last part of them, and how many parts before it are stored. */
export type RoundAnswers = Pick<PlanReduction, 'answers' | 'parts'>;

/** A `SummaryRound` that goes on. */
export type Round = { -readonly [K in keyof SummaryRound]: SummaryRound[K] } & {
  failures: ItemFailure[];
};

export const beginRound = (level: number, total: number): Round => ({
  level,
  total,
  from: 0,
  parts: 0,
  failures: [],
  first: null,
  ended: null,
});

export const openRound = (round: SummaryRound): Round => ({
  ...round,
  failures: [...round.failures],
});

/** What was answered to one call; null: an answer without a call key. */
type Answered = { readonly callKey?: string } | { readonly failure: TargetFailure } | null;

/** Makes the calls of a round that are left, and stores their answers part by part where there are many. */
export async function answerAll(
  {
    round,
    sections,
    failedSections,
  }: {
    readonly round: Round;
    readonly sections: SectionsReference;
    readonly failedSections: readonly ItemFailure[];
  },
  { chain, run }: Omit<SummaryMaking, 'progress'>,
  ask: (index: number) => Promise<Answered>,
): Promise<RoundAnswers> {
  const { total, level } = round;
  const most = total > ANSWERS_A_PART && patched('answers-in-parts') ? ANSWERS_A_PART : total;
  const isLong = (): boolean => run.isLong();
  for (;;) {
    if (isLong()) {
      const { generation } = sections;
      await run.continueAsNew({
        summarize: { chain: chain.memory(), generation, round, failedSections },
      });
    }
    const { from } = round;
    const indexes = Array.from({ length: Math.min(most, total - from) }, (_, at) => from + at);
    const answers = await mapBounded(
      indexes,
      WIDTH,
      async (index) => {
        const answered = await ask(index);
        if (answered === null || !('failure' in answered)) return answered?.callKey ?? null;
        const { failure } = answered;
        round.failures.push({ index, reason: failure.type });
        round.first ??= failure;
        if (!SECTION_FAILURES.includes(failure.type) && !isOwn(failure)) round.ended ??= failure;
        return null;
      },
      isLong,
    );
    round.from += answers.length;
    const part = round.parts;
    if (round.from === total) return part === 0 ? { answers } : { answers, parts: part };
    await later.io.keepAnswers({ ...sections, level, part, answers });
    round.parts += 1;
  }
}
