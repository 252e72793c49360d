import { patched } from '@temporalio/workflow';
import type {
  AdoptEarlierSummary,
  EarlierSummary,
  ItemFailure,
  SectionsReference,
  Summarized,
} from '../contracts/activities.ts';
import type { DegradationReason } from '../contracts/degradation-reason.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { RecordedTarget } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import type { TargetFailure } from '../next-step.ts';
import { later, paid } from '../activities.ts';
import type { Failure } from './failure-of.ts';
import { toLossReason, toTargetReason, type JobProgress, type RoleChain } from './job-progress.ts';
import { orLoss } from './or-loss.ts';

/** Summaries in flight. */
const WIDTH = 16;

/** Eight halvings bring a section for the largest context (131,072 tokens) down to 512 tokens. */
const MAX_GENERATIONS = 8;

/** Assumed for a target whose context is not known. */
const DEFAULT_CONTEXT_TOKENS = 8192;

/**
 * Summarises each section, joins the summaries level by level, and has the citations verified. Where no target is left
 * to ask, or something else fails, the summary is extractive: sentences of the whole transcript. The answers that were
 * paid for stay stored for a retry. Where that fails too, there is none.
 */
export async function summarize(
  job: JobReference,
  targets: readonly RecordedTarget[],
  progress: JobProgress,
): Promise<Summarized> {
  const known = targets.map((target) => target.contextTokens ?? DEFAULT_CONTEXT_TOKENS);
  const contextTokens = known.length === 0 ? DEFAULT_CONTEXT_TOKENS : Math.min(...known);
  const first = { ...job, generation: 0, contextTokens };
  const { value, loss } = await orLoss(() => summarizeByModel(first, targets, progress));
  const made = loss === null ? value : ownFailure(loss);
  if ('mode' in made) return made;

  const extractive = { ...first, mode: 'extractive', level: 0, failedSections: [] } as const;
  const concluded = await orLoss(() => later.io.concludeSummary(extractive));
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
  progress: JobProgress,
): Promise<Summarized | TargetFailure> {
  const chain = progress.chain('summarize', 'summarize', targets);
  const mapped = await summarizeSections(first, chain, progress);
  if (mapped.ended !== null) return mapped.ended;
  const reduced = await reduce(mapped, chain, progress);
  if (reduced.ended !== null) return reduced.ended;
  const { sections, failedSections } = mapped;
  const summarized = { ...sections, mode: 'model', level: reduced.level, failedSections } as const;
  await later.io.concludeSummary(summarized);
  return summarized;
}

/** A failure that is no target's names none. */
const ownFailure = (loss: Failure): TargetFailure => ({ ...loss, target: '' });
const isOwn = ({ type, target }: TargetFailure): boolean =>
  target === '' && type !== FAILURES.NoTarget;
const toReason = (failure: TargetFailure): DegradationReason =>
  isOwn(failure) ? toLossReason(failure) : toTargetReason(failure);

/** Failures of one section that do not concern the other sections. */
const SECTION_FAILURES: readonly string[] = [
  FAILURES.BadRequest,
  FAILURES.TooLarge,
  FAILURES.ItemExhausted,
];

/** Call keys of accepted answers, by section or group; null: it failed, or an older history does not say. */
type Answers = readonly (string | null)[];

interface MappedSections {
  readonly sections: SectionsReference;
  readonly failedSections: readonly ItemFailure[];
  readonly answers: Answers;
  /** The failure after which no target was left to ask, or that all sections share; null: neither. */
  readonly ended: TargetFailure | null;
}

/** Summarises every section. Sections that are too large for all targets are halved, and the new cut is summarised. */
async function summarizeSections(
  first: SectionsReference,
  chain: RoleChain,
  progress: JobProgress,
): Promise<MappedSections> {
  let sections = first;
  let halve: number[] = [];
  for (;;) {
    const cut = await later.io.cutSections({ ...sections, halve });
    const total = cut.sections.length;
    progress.countItems('sections', total);
    const failures: { index: number; failure: TargetFailure }[] = [];
    const indexes = cut.sections.map((_section, index) => index);
    const answers = await mapBounded(indexes, WIDTH, async (section) => {
      const { value: outcome, loss } = await orLoss(() =>
        chain.run((target, last) =>
          paid
            .summarize(target, `section ${section + 1} of ${total}`)
            .summarizeSection({ ...sections, target, last, section }),
        ),
      );
      if (loss !== null) {
        failures.push({ index: section, failure: ownFailure(loss) });
        return null;
      }
      const of = { kind: 'section', section } as const;
      const answer = outcome.ok
        ? outcome.value
        : await adoptEarlier({ ...sections, of }, outcome.failure, progress);
      if (answer !== null) progress.itemsDone('sections');
      else if (!outcome.ok) failures.push({ index: section, failure: outcome.failure });
      return answer?.callKey ?? null;
    });

    const ended = failures.find(
      ({ failure }) => !SECTION_FAILURES.includes(failure.type) && !isOwn(failure),
    );
    halve = failures
      .filter(({ failure }) => failure.type === FAILURES.TooLarge)
      .map(({ index }) => index);
    const ofAll = failures.length === total ? failures[0] : undefined;
    if (ended === undefined && halve.length > 0 && sections.generation < MAX_GENERATIONS) {
      sections = { ...sections, generation: sections.generation + 1 };
      continue;
    }
    return {
      sections,
      failedSections: failures.map(({ index, failure }) => ({ index, reason: failure.type })),
      answers,
      ended: (ended ?? ofAll)?.failure ?? null,
    };
  }
}

/** Joins the summaries level by level until one is left. */
async function reduce(
  { sections, failedSections, answers }: MappedSections,
  chain: RoleChain,
  progress: JobProgress,
): Promise<{ ended: null; level: number } | { ended: TargetFailure }> {
  let joined = answers;
  for (let level = 0; ; level += 1) {
    const plan = { ...sections, level, failedSections, answers: joined };
    const { groups } = await later.io.planReduction(plan);
    if (groups === 0) return { ended: null, level };
    const indexes = Array.from({ length: groups }, (_group, index) => index);
    const failures: TargetFailure[] = [];
    joined = await mapBounded(indexes, WIDTH, async (group) => {
      const outcome = await chain.run((target, last) =>
        paid
          .summarize(target, `joining ${group + 1} of ${groups}, level ${level + 1}`)
          .reduceSummaries({ ...sections, target, last, level, group, failedSections }),
      );
      const of = { kind: 'group', level, group, failedSections } as const;
      const answer = outcome.ok
        ? outcome.value
        : await adoptEarlier({ ...sections, of }, outcome.failure, progress);
      if (answer === null && !outcome.ok) failures.push(outcome.failure);
      return answer?.callKey ?? null;
    });
    const [failed] = failures;
    if (failed !== undefined) return { ended: failed };
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
