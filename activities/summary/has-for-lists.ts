import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import type { List } from '../../workflows/contracts/template.ts';
import { sentencesOf, type Sentence, type Spoken } from '../transcript/sentence-stream.ts';
import { isUnspaced } from '../transcript/text.ts';
import { entriesOf } from './entries-of.ts';
import { findActionItems } from './find-action-items.ts';
import { findDecisions } from './find-decisions.ts';
import { findOpenQuestions } from './find-open-questions.ts';
import { listOf, type Outline } from './outline.ts';

/** So many have something that is worth writing down, whatever it is about: a minute and a half of talk. */
const MANY_WORDS = 200;

/**
 * Whether what was said has something for the lists and sections of the outline, so that a summary in which all of them
 * are empty is of no use: by the rules of the extractive summary, or because much was said.
 */
export function saysWhatIsListed(
  spoken: readonly Spoken[],
  language: string | null,
  { lists, sections }: Outline,
): boolean {
  const wanted = new Set<List | null>([...lists, ...sections.map(({ id }) => listOf(id))]);
  // What no rule finds needs many words: key points, and sections with an instruction of their own.
  const isAnyWorth = wanted.has('keyPoints') || wanted.has(null);
  if (isAnyWorth && wordsIn(spoken) >= MANY_WORDS) return true;
  const sentences = sentencesOf(spoken, language);
  return FINDERS.some(([list, find]) => wanted.has(list) && find(sentences).length > 0);
}

const FINDERS: readonly (readonly [
  List,
  (sentences: readonly Sentence[]) => { readonly length: number },
])[] = [
  ['decisions', findDecisions],
  ['actionItems', findActionItems],
  ['openQuestions', findOpenQuestions],
];

/** In scripts without spaces, two characters count as one. */
const wordsIn = (spoken: readonly Spoken[]): number =>
  spoken.reduce(
    (sum, { text }) =>
      sum + (isUnspaced(text) ? text.length / 2 : text.trim().split(/\s+/u).length),
    0,
  );

/** Whether partial summaries have something that a summary of them all should have, too. */
export const havePartsListed = (partials: readonly SummaryDraft[]): boolean =>
  partials.some((partial) => entriesOf(partial).length > 0);
