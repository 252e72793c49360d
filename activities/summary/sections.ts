import { z } from 'zod';
import { timeSchema, type Segment, type Transcript } from '../../workflows/contracts/transcript.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import { splitText } from '../transcript/text.ts';
import { parseLines, toLine, type TranscriptLine } from '../transcript/transcript-line.ts';
import { STANDARD, type Outline } from './outline.ts';
import { answerSchema, sectionMessages } from './prompts.ts';
import { answerTokens, promptTokens, type Count } from './token-budget.ts';

/** The template leaves no room for the transcript. */
export class TemplateTooLongError extends Error {
  override readonly name = 'TemplateTooLongError';

  constructor(contextTokens: number) {
    super(
      `The template takes too much of the ${contextTokens} tokens that the summarising targets take. ` +
        'Shorten its instructions, or configure targets with more contextTokens.',
    );
  }
}

/** With less context, prompt and answer leave too little room for the transcript. */
export const MIN_CONTEXT_TOKENS = 4096;

export const sectionSchema = z.object({
  index: z.int().nonnegative(),
  start: timeSchema,
  end: timeSchema,
  /** In order. A segment longer than a section is in several. */
  segmentIds: z.array(z.string()).min(1),
  /** The lines as sent. */
  text: z.string().min(1),
  /** Characters of the transcript itself, without the heads of the lines. */
  characters: z.int().nonnegative(),
});
export type Section = z.infer<typeof sectionSchema>;

/** `jobs/{id}/sections.json`. */
export const sectionsSchema = z.object({
  schemaVersion: schemaVersion(1),
  contextTokens: z.int().positive(),
  /** Digest of the transcript that was cut; null in halved sections and in objects older than this field. */
  transcriptSha256: z.string().nullable().default(null),
  /** `outlineKey` of the template that the prompts have room for. */
  outline: z.string().default('standard/1'),
  sections: z.array(sectionSchema),
});

/**
 * Cuts a transcript so that prompt, section and answer together fit `contextTokens`, as `count` counts. Every
 * character is in exactly one section. Cuts fall where the speaker changes, else where a sentence ends, else between
 * two segments. Throws a RangeError below `MIN_CONTEXT_TOKENS`.
 *
 * Lines are counted one by one and added up. A tokenizer may make more tokens of the whole than of its lines, so every
 * section is counted again as a whole and loses lines until it fits.
 */
export function cutTranscript(
  transcript: Transcript,
  {
    contextTokens,
    count,
    outline = STANDARD,
  }: {
    readonly contextTokens: number;
    readonly count: Count;
    /** Of the prompt; default: the standard one. */
    readonly outline?: Outline;
  },
): Section[] {
  const { language, segments } = transcript;
  const others = segments.map((segment) =>
    segment.language === language ? null : segment.language,
  );
  const head = longestHead(segments, others);
  const messages = sectionMessages({ text: head, language, outline });
  const prompt = promptTokens(messages, count, answerSchema(outline));
  // A call that joins two partial summaries has two answers in its prompt, and makes a third.
  if (outline !== STANDARD && prompt + 3 * answerTokens(contextTokens) > contextTokens) {
    throw new TemplateTooLongError(contextTokens);
  }
  const budget = textBudget(contextTokens, prompt);
  const lines = segments.flatMap((segment, index) =>
    toLines(segment, others[index] ?? null, budget, count),
  );
  const sections: Section[] = [];
  for (let from = 0; from < lines.length;) {
    let to = endOfSection(lines, from, budget);
    while (to > from + 1 && count(textOf(lines.slice(from, to))) > budget) to -= 1;
    const [start, end] = [lines[from]?.start ?? null, lines[to - 1]?.end ?? null];
    sections.push(toSection(lines.slice(from, to), { index: sections.length, start, end }));
    from = to;
  }
  return sections;
}

/**
 * Splits a section that was too long for a provider in two, both with its index; null if it holds a single
 * character. The time of the cut is known to the second, and not at all inside a line.
 */
export function halveSection(section: Section): readonly [Section, Section] | null {
  const lines = parseLines(section.text);
  const halves = lines.length > 1 ? halveLines(lines, section.characters) : halveLine(lines);
  if (halves === null) return null;
  const [first, second] = halves;
  const border = lines.length === 1 ? null : (second[0]?.start ?? null);
  return [
    toSection(first, { ...section, end: border ?? section.end }),
    toSection(second, { ...section, start: border ?? section.start }),
  ];
}

type Lines = readonly TranscriptLine[];

function halveLines(lines: Lines, total: number): readonly [Lines, Lines] {
  let characters = 0;
  const middle = lines.findIndex(({ text }) => (characters += text.length) >= total / 2);
  const cut = Math.min(Math.max(middle, 1), lines.length - 1);
  return [lines.slice(0, cut), lines.slice(cut)];
}

function halveLine([line]: Lines): readonly [Lines, Lines] | null {
  if (line === undefined) return null;
  const half = Math.ceil(line.text.length / 2);
  const [first, ...rest] = splitText(line.text, half, ({ length }) => length);
  if (first === undefined || rest.length === 0) return null;
  return [[{ ...line, text: first }], [{ ...line, text: rest.join('') }]];
}

const toSection = (lines: Lines, facts: Pick<Section, 'index' | 'start' | 'end'>): Section => ({
  ...facts,
  segmentIds: [...new Set(lines.map(({ id }) => id))],
  text: textOf(lines),
  characters: lines.reduce((sum, { text }) => sum + text.length, 0),
});

const textOf = (lines: Lines): string => lines.map(({ head, text }) => head + text).join('\n');

interface CountedLine extends TranscriptLine {
  readonly end: number | null;
  readonly speaker: string | null;
  readonly tokens: number;
}

/** A line for which the prompt says all that it says of these lines: what names of speakers and of languages mean. */
function longestHead(segments: readonly Segment[], others: readonly (string | null)[]): string {
  const speaker = segments.find((segment) => segment.speaker !== null)?.speaker ?? null;
  const other = others.some((language) => language !== null) ? 'en' : null;
  const isPlain = speaker === null && other === null;
  return isPlain ? '' : toLine({ id: 's1', start: null, speaker }, '', other);
}

function textBudget(contextTokens: number, prompt: number): number {
  if (contextTokens < MIN_CONTEXT_TOKENS) {
    throw new RangeError(
      `A summarising target needs contextTokens of at least ${MIN_CONTEXT_TOKENS}; it has ${contextTokens}.`,
    );
  }
  return contextTokens - prompt - answerTokens(contextTokens) - TOKENS_AT_THE_FENCE;
}
/** A tokenizer may divide the text differently where it meets the marks around it. */
const TOKENS_AT_THE_FENCE = 8;

/** One line for a segment, or several if it is longer than a section. */
function toLines(
  segment: Segment,
  otherLanguage: string | null,
  budget: number,
  count: Count,
): CountedLine[] {
  const head = toLine(segment, '', otherLanguage);
  const fitting = (texts: readonly string[], limit: number): CountedLine[] =>
    texts.flatMap((text) => {
      const { id, start, end, speaker } = segment;
      const line = toLine(segment, text, otherLanguage);
      const tokens = count(`${line}\n`);
      const whole = { id, start, end, speaker, head, text: line.slice(head.length), tokens };
      if (tokens <= budget) return [whole];
      // Parts that fit one by one may have more tokens when joined, so the limit goes down.
      const parts = splitText(text, Math.floor(limit * 0.9), count);
      return parts.length === 1 ? [whole] : fitting(parts, Math.floor(limit * 0.9));
    });
  return fitting([segment.text], budget - count(head));
}

function endOfSection(lines: readonly CountedLine[], from: number, budget: number): number {
  let tokens = lines[from]?.tokens ?? 0;
  let full = from + 1;
  while (full < lines.length && (tokens += lines[full]?.tokens ?? 0) <= budget) full += 1;
  if (full === lines.length) return full;
  // A good place in the last third is worth a shorter section.
  const earliest = from + Math.max(1, Math.ceil(((full - from) * 2) / 3));
  const cuts = Array.from({ length: full - earliest + 1 }, (_, back) => full - back);
  return (
    cuts.find((cut) => lines[cut - 1]?.speaker !== lines[cut]?.speaker) ??
    cuts.find((cut) => SENTENCE_END.test(lines[cut - 1]?.text ?? '')) ??
    full
  );
}
const SENTENCE_END = /[.!?…。！？।؟]["'”’»）)\]]*\s*$/u;
