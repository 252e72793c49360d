import type { DraftClaim, SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { isUnspaced } from '../transcript/text.ts';
import type { AnswerFault } from './answer-fault.ts';
import { entriesOf } from './entries-of.ts';
import type { Outline } from './outline.ts';

export interface AskedFor {
  /** What was to be summarised. */
  readonly text: string;
  /** ISO 639-1; null: the language of the meeting, whatever it is. */
  readonly language: string | null;
  readonly outline: Outline;
  /** True if a citation names a segment that was there, or quotes words that were. */
  readonly cites: (claim: DraftClaim) => boolean;
  /** True if there plainly is something for the lists and sections. Looked at only where a draft has none. */
  readonly hasForLists: () => boolean;
}

/** A shorter text may well have nothing worth writing down. */
const MUCH_TEXT = 400;

/** What makes a summary of the right shape useless; null: nothing does. Conservative: one good citation is enough. */
export async function weaknessOf(
  draft: SummaryDraft,
  { text, language, outline, cites, hasForLists }: AskedFor,
): Promise<AnswerFault | null> {
  const { summary, sections = {} } = draft;
  const statements = entriesOf(draft);
  if (statements.length === 0) {
    if (summary === '' && text.length > MUCH_TEXT) return 'empty';
    if (hasForLists()) return 'no_statements';
    if (summary === '') return null;
  }
  const isCited = statements.some(({ citations }) => citations.some(cites));
  if (statements.length > 0 && !isCited) return 'uncited';
  if (outline.sections.some(({ id }) => !(id in sections))) return 'wrong_fields';
  return language !== null && (await isInAnother(summary, language)) ? 'wrong_language' : null;
}

/** Short texts, and languages that the detector does not know, are in no other language. */
async function isInAnother(summary: string, language: string): Promise<boolean> {
  if (summary.length < (isUnspaced(summary) ? 40 : 120)) return false;
  // Its tables take half a second to load.
  const { detectLanguage } = await import('../transcript/detect-language.ts');
  const written = detectLanguage(summary);
  return written !== null && written !== language && KNOWN.test(language);
}
/** The languages between which the detector was not seen to be wrong about a paragraph. */
const KNOWN = /^(?:en|zh|ja|ko|de|fr|es|it|pt|nl|ru)$/u;
