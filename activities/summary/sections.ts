import { z } from 'zod';
import { timeSchema, type Segment, type Transcript } from '../../workflows/contracts/transcript.ts';
import { schemaVersion } from '../../workflows/contracts/schema-version.ts';
import { splitText } from '../transcript/text.ts';
import {
  joinLines,
  lineOf,
  parseLines,
  toLine,
  type TranscriptLine,
} from '../transcript/transcript-line.ts';
import { partsOf, type EarlierCut, type Part, type Rest } from './rest-of-transcript.ts';
import { STANDARD, type Outline } from './outline.ts';
import { answerSchema, sectionMessages } from './prompts.ts';
import { asksWhoSpeaks } from './speaker-question.ts';
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
  /** Digest of the transcript that was cut; null in halved sections, and in objects older than this field. */
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
 *
 * @param earlier cuts whose answers may be paid for: of the one of which the transcript still has most, the sections stay
 *   that it has, however today's tokenizer would cut them, and only what is between them is cut. Default: none
 */
export function cutTranscript(
  { language, segments }: Transcript,
  within: Context,
  earlier: readonly EarlierCut<Section>[] = [],
): Section[] {
  const [parts = []] = [NEVER_CUT, ...earlier]
    .map((one) => partsOf(segments, language, one))
    .toSorted((a, b) => charactersKept(b) - charactersKept(a));
  return parts
    .flatMap((part) =>
      'kept' in part ? [part.kept] : cut(part.open, language, within).map(({ section }) => section),
    )
    .map(numbered);
}
const NEVER_CUT: EarlierCut<Section> = { sections: [], isWhole: false };

const charactersKept = (parts: readonly Part<Section>[]): number =>
  parts.reduce((sum, part) => sum + ('kept' in part ? part.kept.characters : 0), 0);

const numbered = (section: Section, index: number): Section => ({ ...section, index });

/**
 * Of the rest of a beginning: the next sections, which stay the same however the transcript goes on. A cut looks at nothing
 * behind the first line that finds no room, and at nothing in the rest of the transcript but its language. Throws the same
 * errors.
 *
 * @param first the index of the first of them
 */
export function cutBeginning(
  beginning: Rest,
  language: string | null,
  within: Context & { readonly first: number },
): { readonly sections: Section[]; readonly rest: Rest } {
  const cuts = cut(beginning, language, within);
  const open = cuts.findIndex(({ isClosed }) => !isClosed);
  const closed = cuts.slice(0, open === -1 ? cuts.length : open);
  return {
    sections: closed.map(({ section }, index) => numbered(section, within.first + index)),
    rest: closed.at(-1)?.rest ?? beginning,
  };
}

interface Context {
  readonly contextTokens: number;
  readonly count: Count;
  /** Of the prompt; default: the standard one. */
  readonly outline?: Outline;
  /** Whose names its speakers may have; default: nobody's. */
  readonly attendees?: readonly string[];
}

interface Cut {
  /** Numbered from 0. */
  readonly section: Section;
  /** A line follows that finds no room in it, so that what comes after that line does not matter. */
  readonly isClosed: boolean;
  /** Behind it. */
  readonly rest: Rest;
}

function cut(
  { segments, used }: Rest,
  language: string | null,
  { contextTokens, count, outline = STANDARD, attendees = [] }: Context,
): Cut[] {
  const prompt = promptRoom(language, count, outline);
  // A call that joins two partial summaries has two answers in its prompt, and makes a third.
  if (outline !== STANDARD && prompt + 3 * answerTokens(contextTokens) > contextTokens) {
    throw new TemplateTooLongError(contextTokens);
  }
  // Who speaks is asked only where somebody is known to.
  const asked = segments.some(({ speaker }) => speaker !== null) ? attendees : [];
  const budget = textBudget(contextTokens, promptRoom(language, count, outline, asked));
  const lines = segments.flatMap((segment, index) => {
    const ofSegment = toLines(segment, language, budget, count);
    const left = index === 0 ? withoutFirst(ofSegment, used, count) : ofSegment;
    return left.map((line) => ({ ...line, segment: index }));
  });
  const cuts: Cut[] = [];
  for (let from = 0; from < lines.length;) {
    const { full, end } = endOfSection(lines, from, budget);
    let to = end;
    while (to > from + 1 && count(joinLines(lines.slice(from, to))) > budget) to -= 1;
    const [start, last] = [lines[from]?.start ?? null, lines[to - 1]?.end ?? null];
    const facts = { index: cuts.length, start, end: last };
    const next = lines[to];
    cuts.push({
      section: toSection(lines.slice(from, to), facts),
      isClosed: full < lines.length,
      rest: {
        segments: next === undefined ? [] : segments.slice(next.segment),
        used: next?.from ?? 0,
      },
    });
    from = to;
  }
  return cuts;
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
  text: joinLines(lines),
  characters: lines.reduce((sum, { text }) => sum + text.length, 0),
});

interface CountedLine extends TranscriptLine {
  readonly end: number | null;
  readonly speaker: string | null;
  readonly tokens: number;
  /** Characters of the segment's line that are in the lines before. */
  readonly from: number;
}

/**
 * The room for a prompt. It says what the names of speakers and of languages mean where there are any: room for that is
 * kept in every section, because nobody knows at the first one whether the last will have them.
 */
function promptRoom(
  language: string | null,
  count: Count,
  outline: Outline,
  attendees: readonly string[] = [],
): number {
  const head = toLine({ id: 's1', start: null, speaker: 'S1' }, '', 'en');
  const messages = sectionMessages({ text: head, language, outline, attendees });
  return promptTokens(messages, count, answerSchema(outline, asksWhoSpeaks(head, attendees)));
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
  language: string | null,
  budget: number,
  count: Count,
): CountedLine[] {
  const { id, start, end, speaker } = segment;
  const { head } = lineOf(segment, language);
  const fitting = (
    texts: readonly string[],
    limit: number,
  ): Pick<CountedLine, 'text' | 'tokens'>[] =>
    texts.flatMap((text) => {
      const line = lineOf({ ...segment, text }, language);
      const tokens = count(`${head}${line.text}\n`);
      const whole = { text: line.text, tokens };
      if (tokens <= budget) return [whole];
      // Parts that fit one by one may have more tokens when joined, so the limit goes down.
      const parts = splitText(text, Math.floor(limit * 0.9), count);
      return parts.length === 1 ? [whole] : fitting(parts, Math.floor(limit * 0.9));
    });
  let from = 0;
  return fitting([segment.text], budget - count(head)).map((line) => {
    const placed = { id, start, end, speaker, head, ...line, from };
    from += line.text.length;
    return placed;
  });
}

/** Without the first `used` characters. Another tokenizer may have divided the segment elsewhere. */
const withoutFirst = (lines: readonly CountedLine[], used: number, count: Count): CountedLine[] =>
  lines.flatMap((line) => {
    const skipped = used - line.from;
    if (skipped <= 0) return [line];
    const text = line.text.slice(skipped);
    if (text === '') return [];
    return [{ ...line, text, tokens: count(`${line.head}${text}\n`), from: used }];
  });

/** `full`: the first line that finds no room, or the number of lines; `end`: where the section is cut. */
function endOfSection(
  lines: readonly CountedLine[],
  from: number,
  budget: number,
): { readonly full: number; readonly end: number } {
  let tokens = lines[from]?.tokens ?? 0;
  let full = from + 1;
  while (full < lines.length && (tokens += lines[full]?.tokens ?? 0) <= budget) full += 1;
  if (full === lines.length) return { full, end: full };
  // A good place in the last third is worth a shorter section.
  const earliest = from + Math.max(1, Math.ceil(((full - from) * 2) / 3));
  const cuts = Array.from({ length: full - earliest + 1 }, (_, back) => full - back);
  const end =
    cuts.find((at) => lines[at - 1]?.speaker !== lines[at]?.speaker) ??
    cuts.find((at) => SENTENCE_END.test(lines[at - 1]?.text ?? '')) ??
    full;
  return { full, end };
}
const SENTENCE_END = /[.!?…。！？।؟]["'”’»）)\]]*\s*$/u;
