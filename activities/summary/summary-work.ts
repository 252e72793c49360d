import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { summaryTextKey, summaryWorkKey } from '../paid/work-keys.ts';
import { reductionMessages, sectionMessages } from './prompts.ts';
import type { Section } from './sections.ts';

/** One summarising call: its messages, the text to summarise, and the keys of both. */
export interface SummaryWork {
  readonly messages: readonly ChatMessage[];
  readonly text: string;
  readonly workKey: string;
  readonly textKey: string;
}

/** The messages depend on the section's text and the language only. */
export function sectionWork(
  job: JobInput,
  { text }: Section,
  language: string | null,
): SummaryWork {
  const messages = sectionMessages({ text, language });
  return {
    messages,
    text,
    workKey: summaryWorkKey(job, messages, language),
    textKey: summaryTextKey(job, text, language),
  };
}

export function reductionWork(
  job: JobInput,
  partials: readonly SummaryDraft[],
  language: string | null,
): SummaryWork {
  const messages = reductionMessages({ partials, language });
  return {
    messages,
    text: partials.map(({ summary }) => summary).join('\n'),
    workKey: summaryWorkKey(job, messages, language),
    textKey: summaryTextKey(job, JSON.stringify(partials), language),
  };
}
