import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { AnswerSchema } from '../../adapters/inference/protocols/forms/response-format.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import { summaryTextKey, summaryWorkKey } from '../paid/work-keys.ts';
import { foldForComparison } from '../transcript/text.ts';
import { parseLines } from '../transcript/transcript-line.ts';
import { entriesOf } from './entries-of.ts';
import { havePartsListed, saysWhatIsListed } from './has-for-lists.ts';
import type { Outline } from './outline.ts';
import { answerSchema, reductionMessages, sectionMessages } from './prompts.ts';
import type { Section } from './sections.ts';
import { asksWhoSpeaks, possibleSpeakers } from './speaker-question.ts';
import type { AskedFor } from './weakness-of.ts';

/** One summarising call: its messages, the text to summarise, and the keys of both. */
export interface SummaryWork extends AskedFor {
  readonly messages: readonly ChatMessage[];
  /** Of the answer. */
  readonly schema: AnswerSchema;
  readonly workKey: string;
  /** Of the call that repairs a bad answer. */
  readonly repairKey: string;
  readonly textKey: string;
}

/**
 * The messages depend on the section's text, the language and the outline only; where voices are told apart, on the
 * attendees, too.
 */
export function sectionWork(
  job: JobInput,
  { text, segmentIds }: Section,
  { language, outline }: Asked,
): SummaryWork {
  const attendees = possibleSpeakers(job);
  const messages = sectionMessages({ text, language, outline, attendees });
  const schema = answerSchema(outline, asksWhoSpeaks(text, attendees));
  return {
    ...keysOf(job, messages, schema, { language, outline }),
    textKey: summaryTextKey(job, text, { language, outline }),
    messages,
    text,
    language,
    cites: citing(segmentIds, foldForComparison(text)),
    hasForLists: () => saysWhatIsListed(parseLines(text), language, outline),
  };
}

export function reductionWork(
  job: JobInput,
  partials: readonly SummaryDraft[],
  { language, outline }: Asked,
): SummaryWork {
  const messages = reductionMessages({ partials, language, outline });
  const schema = answerSchema(outline);
  const claims = partials.flatMap(entriesOf).flatMap(({ citations }) => citations);
  return {
    ...keysOf(job, messages, schema, { language, outline }),
    textKey: summaryTextKey(job, JSON.stringify(partials), { language, outline }),
    messages,
    text: partials.map(({ summary }) => summary).join('\n'),
    language,
    cites: citing(
      claims.flatMap(({ segmentIds }) => segmentIds),
      foldForComparison(claims.map(({ quote }) => quote).join('\n')),
    ),
    hasForLists: () => havePartsListed(partials),
  };
}

/** In which language, and what. */
export interface Asked {
  readonly language: string | null;
  readonly outline: Outline;
}

const keysOf = (
  job: JobInput,
  messages: readonly ChatMessage[],
  schema: AnswerSchema,
  asked: Asked,
) => ({
  outline: asked.outline,
  schema,
  workKey: summaryWorkKey(job, messages, { ...asked, schema }),
  repairKey: summaryWorkKey(job, messages, { ...asked, schema }, { asked: 'repair' }),
});

function citing(segmentIds: readonly string[], words: string): AskedFor['cites'] {
  const ids = new Set(segmentIds);
  return (claim) => {
    const quote = foldForComparison(claim.quote);
    return claim.segmentIds.some((id) => ids.has(id)) || (quote !== '' && words.includes(quote));
  };
}
