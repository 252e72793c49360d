import { z } from 'zod';
import {
  extractiveDraft,
  mergeExtractiveDrafts,
} from '../../../activities/summary/extractive-summary.ts';
import { STANDARD, type Outline } from '../../../activities/summary/outline.ts';
import {
  summaryDraftSchema,
  type SummaryDraft,
} from '../../../workflows/contracts/summary-draft.ts';
import { readBlock, readTranscriptLines, type TranscriptLine } from './read-transcript-lines.ts';

/** The limit for prompt and answer together. */
export const CONTEXT_TOKENS = 8192;

/** Four bytes of UTF-8 per token, the usual estimate for English; there is no tokenizer here. */
export const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);

/** The draft for a prompt: from its transcript lines, else its partial drafts, else its sentences. */
async function draftFor(prompt: string, outline: Outline): Promise<SummaryDraft> {
  const lines = readTranscriptLines(prompt);
  if (lines !== null) return extract(lines, outline);
  const partials = readPartials(prompt);
  if (partials !== null) return mergeExtractiveDrafts(partials);
  return extract(
    sentencesOf(prompt).map((text, index) => ({
      id: `s${index + 1}`,
      text,
      language: null,
      speaker: null,
    })),
    outline,
  );
}

async function extract(lines: readonly TranscriptLine[], outline: Outline): Promise<SummaryDraft> {
  // Its tables take half a second to load.
  const { detectLanguage } = await import('../../../activities/transcript/detect-language.ts');
  const unmarked = lines.filter(({ language }) => language === null);
  const main = detectLanguage(unmarked.map(({ text }) => text).join(' '));
  return extractiveDraft(
    lines.map((line) => ({ ...line, language: line.language ?? main })),
    main,
    outline,
  );
}

const fillableSchema = z.object({
  type: z.literal('object'),
  properties: z
    .partialRecord(summaryDraftSchema.keyof(), z.unknown())
    .refine((properties) => 'summary' in properties),
});
const sectionsSchema = z.object({ properties: z.record(z.string(), z.unknown()) });

/** What an answer must have, by a JSON schema. */
export interface Fillable {
  readonly fields: readonly string[];
  /** Of the template: their ids. */
  readonly sections: readonly string[];
}

/** The fields of a JSON schema, which have to be fields of a summary draft; null: there is no schema. */
export function fillableFields(
  schema: unknown,
  refuse: (message: string) => Error,
): Fillable | null {
  if (schema === undefined || schema === null) return null;
  const { data } = fillableSchema.safeParse(schema);
  if (data !== undefined) {
    const sections = sectionsSchema.safeParse(data.properties.sections).data?.properties ?? {};
    return { fields: Object.keys(data.properties), sections: Object.keys(sections) };
  }
  const names = summaryDraftSchema.keyof().options.join(', ');
  throw refuse(`extractive-v1 fills schemas with these properties only: ${names}`);
}

/** The text before the first stop sequence: JSON of the requested fields, or plain text if `fillable` is null. */
export async function completePrompt(
  prompt: string,
  maxTokens: number,
  fillable: Fillable | null,
  stops: readonly string[],
): Promise<{ readonly content: string; readonly ended: 'eos_token' | 'length' | 'stop_sequence' }> {
  const whole =
    fillable === null
      ? await plainAnswer(prompt, maxTokens)
      : await jsonAnswer(prompt, fillable, maxTokens);
  // Even the empty form can be too long: it is cut in the middle, as a language model is cut.
  const isCut = fillable !== null && estimateTokens(whole) > maxTokens;
  const content = isCut ? whole.slice(0, maxTokens * 4) : whole;
  const ends = stops.map((stop) => content.indexOf(stop)).filter((at) => at >= 0);
  if (ends.length === 0) return { content, ended: isCut ? 'length' : 'eos_token' };
  return { content: content.slice(0, Math.min(...ends)), ended: 'stop_sequence' };
}

/** A plain answer: the summary of the draft, cut to whole sentences. */
export async function plainAnswer(prompt: string, maxTokens: number): Promise<string> {
  const { summary } = await draftFor(prompt, STANDARD);
  const sentences = sentencesOf(summary);
  while (sentences.length > 1 && estimateTokens(sentences.join(' ')) > maxTokens) sentences.pop();
  return sentences.join(' ');
}

/** JSON of the requested fields, within `maxTokens` if it can be: whole items are dropped, from the ends of the lists. */
async function jsonAnswer(prompt: string, { fields, sections }: Fillable, maxTokens: number) {
  const outline = {
    ...STANDARD,
    lists: STANDARD.lists.filter((list) => fields.includes(list)),
    sections: sections.map((id) => ({ id, title: '', instruction: '' })),
  };
  const draft = structuredClone(await draftFor(prompt, outline));
  const serialize = () =>
    JSON.stringify(
      Object.fromEntries(Object.entries(draft).filter(([name]) => fields.includes(name))),
    );
  let content = serialize();
  while (estimateTokens(content) > maxTokens && dropOne(draft)) content = serialize();
  return content;
}

/** Drops what people miss least; false: there is nothing left to drop. */
function dropOne(draft: SummaryDraft): boolean {
  const own = Object.values(draft.sections ?? {}).flatMap((entries) => (entries ? [entries] : []));
  const lists = [draft.keyPoints, draft.openQuestions, draft.decisions, draft.actionItems, ...own];
  const longest = lists.reduce((a, b) => (b.length > a.length ? b : a));
  if (longest.length > 0) {
    longest.pop();
    return true;
  }
  const sentences = sentencesOf(draft.summary);
  if (sentences.length < 2) return false;
  draft.summary = sentences.slice(0, -1).join(' ');
  return true;
}

function readPartials(prompt: string): readonly SummaryDraft[] | null {
  const block = readBlock(prompt, 'partials');
  if (block === null) return null;
  return parseDrafts(block) ?? block.split('\n').flatMap((line) => parseDrafts(line) ?? []);
}

/** Lists that the template does not have are not sent. */
const { keyPoints, decisions, openQuestions, actionItems } = summaryDraftSchema.shape;
const partialSchema = summaryDraftSchema.extend({
  keyPoints: keyPoints.default([]),
  decisions: decisions.default([]),
  openQuestions: openQuestions.default([]),
  actionItems: actionItems.default([]),
});
const draftsSchema = z.union([z.array(partialSchema), partialSchema.transform((draft) => [draft])]);

function parseDrafts(text: string): readonly SummaryDraft[] | null {
  try {
    return draftsSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function sentencesOf(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment.trim()).filter(Boolean);
}
