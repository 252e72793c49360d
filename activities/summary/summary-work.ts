import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { summaryTextKey, summaryWorkKey } from '../paid/work-keys.ts';
import { foldForComparison } from '../transcript/text.ts';
import { reductionMessages, sectionMessages } from './prompts.ts';
import type { Section } from './sections.ts';
import type { AskedFor } from './weakness-of.ts';

/** One summarising call: its messages, the text to summarise, and the keys of both. */
export interface SummaryWork extends AskedFor {
  readonly messages: readonly ChatMessage[];
  readonly workKey: string;
  /** Of the call that repairs a bad answer. */
  readonly repairKey: string;
  readonly textKey: string;
}

/** The messages depend on the section's text and the language only. */
export function sectionWork(
  job: JobInput,
  { text, segmentIds }: Section,
  language: string | null,
): SummaryWork {
  const messages = sectionMessages({ text, language });
  return {
    messages,
    text,
    language,
    cites: citing(segmentIds, foldForComparison(text)),
    workKey: summaryWorkKey(job, messages, language),
    repairKey: summaryWorkKey(job, messages, language, REPAIR),
    textKey: summaryTextKey(job, text, language),
  };
}

export function reductionWork(
  job: JobInput,
  partials: readonly SummaryDraft[],
  language: string | null,
): SummaryWork {
  const messages = reductionMessages({ partials, language });
  const claims = partials
    .flatMap(({ keyPoints, decisions, openQuestions, actionItems }) => [
      ...keyPoints,
      ...decisions,
      ...openQuestions,
      ...actionItems,
    ])
    .flatMap(({ citations }) => citations);
  return {
    messages,
    text: partials.map(({ summary }) => summary).join('\n'),
    language,
    cites: citing(
      claims.flatMap(({ segmentIds }) => segmentIds),
      foldForComparison(claims.map(({ quote }) => quote).join('\n')),
    ),
    workKey: summaryWorkKey(job, messages, language),
    repairKey: summaryWorkKey(job, messages, language, REPAIR),
    textKey: summaryTextKey(job, JSON.stringify(partials), language),
  };
}

const REPAIR = { asked: 'repair' } as const;

function citing(segmentIds: readonly string[], words: string): AskedFor['cites'] {
  const ids = new Set(segmentIds);
  return (claim) => {
    const quote = foldForComparison(claim.quote);
    return claim.segmentIds.some((id) => ids.has(id)) || (quote !== '' && words.includes(quote));
  };
}
