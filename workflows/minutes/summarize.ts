import { patched } from '@temporalio/workflow';
import type {
  AdoptEarlierSummary,
  EarlierSummary,
  HeldAnswer,
  SectionsReference,
  Summarized,
} from '../contracts/summarizing.ts';
import type { ItemFailure } from '../contracts/paid-activity.ts';
import type { DegradationReason } from '../contracts/degradation-reason.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { ChainMemory, SummarizePosition } from '../contracts/minutes-state.ts';
import type { RecordedTarget, TargetFailure } from '../contracts/targets.ts';
import { later, paid } from '../activities.ts';
import type { Failure } from './failure-of.ts';
import { AHEAD, firstSections } from './first-sections.ts';
import { toLossReason, toTargetReason, type JobProgress } from './job-progress.ts';
import type { JobRun } from './job-run.ts';
import { orLoss } from './or-loss.ts';
import {
  answerAll,
  beginRound,
  isOwn,
  openRound,
  ownFailure,
  type Round,
  type RoundAnswers,
  type SummaryMaking,
} from './summary-round.ts';

/** Eight halvings bring a section for the largest context (131,072 tokens) down to 512 tokens. */
const MAX_GENERATIONS = 8;

/**
 * Summarises each section, joins the summaries level by level, and has the citations verified. Where no target is left
 * to ask, or something else fails, the summary is extractive: sentences of the whole transcript. The answers that were
 * paid for stay stored for a retry. Where that fails too, there is none. `learnt`: what the chain learnt from the sections
 * that were summarised ahead.
 */
export async function summarize(
  job: JobReference,
  targets: readonly RecordedTarget[],
  at: { readonly progress: JobProgress; readonly run: JobRun },
  learnt?: ChainMemory,
): Promise<Summarized> {
  const { progress } = at;
  const first = firstSections(job, targets);
  const { value, loss } = await orLoss(() => summarizeByModel(first, targets, at, learnt));
  const made = loss === null ? value : ownFailure(loss);
  if ('mode' in made) return made;

  const extractive = { ...first, mode: 'extractive', level: 0, failedSections: [] } as const;
  const concluded = await orLoss(() => later.wholeRecording.concludeSummary(extractive));
  if (concluded.loss === null) {
    progress.degrade({ stage: 'summarize', level: 'simplified', reason: toReason(made) });
    return extractive;
  }
  const missing = toLossReason(concluded.loss);
  progress.degrade({ stage: 'summarize', level: 'missing', reason: missing });
  return noSummary(first, concluded.loss);
}

/** What is told of a summary that there is not. */
export const noSummary = (at: SectionsReference, { type: reason }: Failure): Summarized => ({
  ...at,
  mode: 'none',
  level: 0,
  failedSections: [{ index: 0, reason }],
});

/** Gives the failure after which no target was left to ask, or that all sections share. */
async function summarizeByModel(
  first: SectionsReference,
  targets: readonly RecordedTarget[],
  { progress, run }: { readonly progress: JobProgress; readonly run: JobRun },
  learnt: ChainMemory | undefined,
): Promise<Summarized | TargetFailure> {
  const before = run.position.summarize;
  const chain = progress.chain('summarize', 'summarize', targets, {
    before: before?.chain ?? learnt,
  });
  const at = { progress, run, chain };
  const isMapped = before !== undefined && before.round.level > 0;
  const mapped = isMapped
    ? mappedBefore(first, before)
    : await summarizeSections(first, at, before);
  if (mapped.ended !== null) return mapped.ended;
  const reduced = await reduce(mapped, at, isMapped ? before : undefined);
  if (reduced.ended !== null) return reduced.ended;
  const { sections, failedSections } = mapped;
  const summarized = { ...sections, mode: 'model', level: reduced.level, failedSections } as const;
  await later.wholeRecording.concludeSummary(summarized);
  return summarized;
}

const toReason = (failure: TargetFailure): DegradationReason =>
  isOwn(failure) ? toLossReason(failure) : toTargetReason(failure);

interface MappedSections {
  readonly sections: SectionsReference;
  readonly failedSections: readonly ItemFailure[];
  readonly answers: RoundAnswers;
  /** The failure after which no target was left to ask, or that all sections share; null: neither. */
  readonly ended: TargetFailure | null;
}

/** An earlier run of the job has summarised the sections, and begun to join the summaries. */
const mappedBefore = (
  first: SectionsReference,
  { generation, failedSections }: SummarizePosition,
): MappedSections => ({
  sections: { ...first, generation },
  failedSections,
  answers: {},
  ended: null,
});

/** Summarises every section. Sections that are too large for all targets are halved, and the new cut is summarised. */
async function summarizeSections(
  first: SectionsReference,
  at: SummaryMaking,
  before: SummarizePosition | undefined,
): Promise<MappedSections> {
  const { progress } = at;
  let sections = { ...first, generation: before?.generation ?? 0 };
  let round: Round | null = before === undefined ? null : openRound(before.round);
  let halve: number[] = [];
  let held: readonly (HeldAnswer | null)[] = [];
  for (;;) {
    if (round === null) {
      const cut = await later.wholeRecording.cutSections({ ...sections, halve });
      // A worker of an earlier version began the history: it would look at no stored answer here.
      const isAnyHeld = cut.held?.some((answer) => answer !== null) === true;
      held = isAnyHeld && patched(AHEAD) ? (cut.held ?? []) : [];
      progress.countItems('sections', cut.sections.length);
      round = beginRound(0, cut.sections.length);
    }
    const { total, failures } = round;
    const cut = sections;
    const stored = held;
    const answers = await answerAll(
      { round, sections, failedSections: [] },
      at,
      async (section) => {
        const known = stored[section] ?? null;
        if (known !== null) {
          at.chain.noteAnswer(known.target);
          progress.itemsDone('sections');
          return known;
        }
        const { value: outcome, loss } = await orLoss(() =>
          at.chain.run((target, last) =>
            paid
              .summarize(target, `section ${section + 1} of ${total}`)
              .summarizeSection({ ...cut, target, last, section }),
          ),
        );
        if (loss !== null) return { failure: ownFailure(loss) };
        const of = { kind: 'section', section } as const;
        const answer = outcome.ok
          ? outcome.value
          : await adoptEarlier({ ...cut, of }, outcome.failure, progress);
        if (answer !== null) progress.itemsDone('sections');
        else if (!outcome.ok) return { failure: outcome.failure };
        return answer;
      },
    );

    halve = failures.filter(({ reason }) => reason === FAILURES.TooLarge).map(({ index }) => index);
    if (round.ended === null && halve.length > 0 && sections.generation < MAX_GENERATIONS) {
      sections = { ...sections, generation: sections.generation + 1 };
      round = null;
      continue;
    }
    const ofAll = failures.length === total ? round.first : null;
    return { sections, failedSections: failures, answers, ended: round.ended ?? ofAll };
  }
}

/** Joins the summaries level by level until one is left. */
async function reduce(
  { sections, failedSections, answers }: MappedSections,
  at: SummaryMaking,
  before: SummarizePosition | undefined,
): Promise<{ ended: null; level: number } | { ended: TargetFailure }> {
  const { progress } = at;
  let joined = answers;
  let begun = before === undefined ? null : openRound(before.round);
  for (let level = begun === null ? 0 : begun.level - 1; ; level += 1) {
    const plan = { ...sections, level, failedSections, ...joined };
    const groups = begun?.total ?? (await later.wholeRecording.planReduction(plan)).groups;
    if (groups === 0) return { ended: null, level };
    const round = begun ?? beginRound(level + 1, groups);
    begun = null;
    joined = await answerAll({ round, sections, failedSections }, at, async (group) => {
      const outcome = await at.chain.run((target, last) =>
        paid
          .summarize(target, `joining ${group + 1} of ${groups}, level ${level + 1}`)
          .reduceSummaries({ ...sections, target, last, level, group, failedSections }),
      );
      const of = { kind: 'group', level, group, failedSections } as const;
      if (outcome.ok) return outcome.value;
      const { failure } = outcome;
      return (await adoptEarlier({ ...sections, of }, failure, progress)) ?? { failure };
    });
    if (round.first !== null) return { ended: round.first };
  }
}

/**
 * When no target answers: uses the stored answer of an earlier prompt to the same text, and reports its date. Not for
 * a section that is too large: it is halved.
 */
async function adoptEarlier(
  input: AdoptEarlierSummary,
  failure: TargetFailure,
  progress: JobProgress,
): Promise<EarlierSummary | null> {
  if (failure.type === FAILURES.TooLarge || !patched('adopt-earlier-summary')) return null;
  const { value: earlier } = await orLoss(() => later.io.adoptEarlierSummary(input));
  if (earlier === null) return null;
  const { target, answeredAt } = earlier;
  progress.noteEarlierSummary(target, answeredAt.slice(0, 'YYYY-MM-DD'.length));
  return earlier;
}
