import type { SectionsReference } from '../contracts/summarizing.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { RecordedTarget } from '../contracts/targets.ts';

/** In histories without this marker no section is summarised ahead, and each has an activity of its own. */
export const AHEAD = 'sections-ahead';

/** Assumed for a target whose context is not known. */
const DEFAULT_CONTEXT_TOKENS = 8192;

/** The first cut of a transcript: for the smallest context of the chain. */
export function firstSections(
  job: JobReference,
  targets: readonly RecordedTarget[],
): SectionsReference {
  const known = targets.map((target) => target.contextTokens ?? DEFAULT_CONTEXT_TOKENS);
  const contextTokens = known.length === 0 ? DEFAULT_CONTEXT_TOKENS : Math.min(...known);
  return { ...job, generation: 0, contextTokens };
}
