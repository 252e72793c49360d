import { patched } from '@temporalio/workflow';
import type {
  AdoptEarlierSummary,
  ItemFailure,
  SectionsReference,
  Summarized,
} from '../contracts/activities.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { RecordedTarget } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import type { TargetFailure } from '../next-step.ts';
import { io, paid } from '../activities.ts';
import { toTargetReason, type JobProgress, type RoleChain } from './job-progress.ts';

const WIDTH = 16;

/** Halving a section eight times brings the largest context (131,072 tokens) down to 512. */
const MAX_GENERATIONS = 8;

/** What a target without a stated context is trusted to take. */
const DEFAULT_CONTEXT_TOKENS = 8192;

/**
 * Sections -> map -> reduce -> verified citations. When the last target is exhausted the summary is extractive, over
 * the whole transcript, and says so; what other sections had cost is kept for a retry.
 */
export async function summarize(
  job: JobReference,
  targets: readonly RecordedTarget[],
  progress: JobProgress,
): Promise<Summarized> {
  const chain = progress.chain('summarize', 'summarize', targets);
  const contextTokens = Math.min(
    ...targets.map((target) => target.contextTokens ?? DEFAULT_CONTEXT_TOKENS),
    ...(targets.length === 0 ? [DEFAULT_CONTEXT_TOKENS] : []),
  );
  const mapped = await summarizeSections({ ...job, generation: 0, contextTokens }, chain, progress);
  const reduced =
    mapped.ended === null ? await reduce(mapped, chain, progress) : { ended: mapped.ended };
  const { sections, failedSections } = mapped;

  const summarized: Summarized =
    reduced.ended === null
      ? { ...sections, mode: 'model', level: reduced.level, failedSections }
      : { ...sections, mode: 'extractive', level: 0, failedSections: [] };
  if (reduced.ended !== null) {
    progress.degrade({
      stage: 'summarize',
      role: 'summarize',
      level: 'simplified',
      target: null,
      reason: toTargetReason(reduced.ended),
    });
  }
  await io.concludeSummary(summarized);
  return summarized;
}

/** What ends one section and says nothing of the others. */
const OF_THE_SECTION: readonly string[] = [
  FAILURES.BadRequest,
  FAILURES.TooLarge,
  FAILURES.ItemExhausted,
];

interface Mapped {
  readonly sections: SectionsReference;
  readonly failedSections: readonly ItemFailure[];
  /** The failure that left no target to ask; null while there is one. */
  readonly ended: TargetFailure | null;
}

/** Every section through the chain; those that no target takes whole are halved and asked again. */
async function summarizeSections(
  first: SectionsReference,
  chain: RoleChain,
  progress: JobProgress,
): Promise<Mapped> {
  let sections = first;
  let halve: number[] = [];
  for (;;) {
    const cut = await io.cutSections({ ...sections, halve });
    const total = cut.sections.length;
    progress.countSections(total);
    const failures: { index: number; failure: TargetFailure }[] = [];
    const indexes = cut.sections.map((_section, index) => index);
    await mapBounded(indexes, WIDTH, async (section) => {
      const outcome = await chain.run((target, last) =>
        paid
          .summarize(target, `section ${section + 1} of ${total}`)
          .summarizeSection({ ...sections, target, last, section }),
      );
      if (outcome.ok) return progress.sectionDone();
      const of = { kind: 'section', section } as const;
      if (await adopted({ ...sections, of }, outcome.failure, progress)) {
        return progress.sectionDone();
      }
      failures.push({ index: section, failure: outcome.failure });
    });

    const ended = failures.find(({ failure }) => !OF_THE_SECTION.includes(failure.type));
    halve = failures
      .filter(({ failure }) => failure.type === FAILURES.TooLarge)
      .map(({ index }) => index);
    const everyone = failures.length === total ? failures[0] : undefined;
    if (ended === undefined && halve.length > 0 && sections.generation < MAX_GENERATIONS) {
      sections = { ...sections, generation: sections.generation + 1 };
      continue;
    }
    return {
      sections,
      failedSections: failures.map(({ index, failure }) => ({ index, reason: failure.type })),
      ended: (ended ?? everyone)?.failure ?? null,
    };
  }
}

/** Level by level, until one partial summary is left. */
async function reduce(
  { sections, failedSections }: Mapped,
  chain: RoleChain,
  progress: JobProgress,
): Promise<{ ended: null; level: number } | { ended: TargetFailure }> {
  for (let level = 0; ; level += 1) {
    const { groups } = await io.planReduction({ ...sections, level, failedSections });
    if (groups === 0) return { ended: null, level };
    const indexes = Array.from({ length: groups }, (_group, index) => index);
    const failures = await mapBounded(indexes, WIDTH, async (group) => {
      const outcome = await chain.run((target, last) =>
        paid
          .summarize(target, `joining ${group + 1} of ${groups}, level ${level + 1}`)
          .reduceSummaries({ ...sections, target, last, level, group, failedSections }),
      );
      if (outcome.ok) return null;
      const of = { kind: 'group', level, group, failedSections } as const;
      const earlier = await adopted({ ...sections, of }, outcome.failure, progress);
      return earlier ? null : outcome.failure;
    });
    const failed = failures.find((failure) => failure !== null);
    if (failed !== undefined) return { ended: failed };
  }
}

/**
 * Where no target answers: the answer that an earlier prompt was given to the same words, with its date. Too large is
 * no reason for it: the section is halved.
 */
async function adopted(
  input: AdoptEarlierSummary,
  failure: TargetFailure,
  progress: JobProgress,
): Promise<boolean> {
  if (failure.type === FAILURES.TooLarge || !patched('adopt-earlier-summary')) return false;
  const earlier = await io.adoptEarlierSummary(input);
  if (earlier === null) return false;
  const { target, answeredAt } = earlier;
  progress.adopted(target, answeredAt.slice(0, 'YYYY-MM-DD'.length));
  return true;
}
