import { z } from 'zod';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { timeSchema } from '../../workflows/contracts/transcript.ts';
import { countTokens } from './count-tokens.ts';
import { answerTokens, sectionMessages } from './prompts.ts';
import { splitText } from './split-text.ts';
import { parseLines, toLine } from './transcript-line.ts';
import type { TranscriptLine } from './transcript-line.ts';

/** Where no target of the chain says how much it takes: the smallest context that chat models still ship with. */
export const DEFAULT_CONTEXT_TOKENS = 8192;

/** Below this the prompt and the answer leave too little for the words. */
export const MIN_CONTEXT_TOKENS = 4096;

export const sectionSchema = z.strictObject({
  index: z.int().nonnegative(),
  start: timeSchema,
  end: timeSchema,
  /** In order; a segment longer than a section is in several. */
  segmentIds: z.array(z.string()).min(1),
  /** The lines as sent. */
  text: z.string().min(1),
  /** Characters of the transcript itself, without the heads of the lines. */
  characters: z.int().nonnegative(),
});
export type Section = z.infer<typeof sectionSchema>;

/** `jobs/{id}/sections.json`. */
export const sectionsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  contextTokens: z.int().positive(),
  sections: z.array(sectionSchema),
});

/**
 * Cuts a transcript so that prompt, section and answer fit `contextTokens` together; every character of it is in
 * exactly one section. Cuts fall where the speaker changes, else where a sentence ends, else between two segments.
 * Throws a RangeError below `MIN_CONTEXT_TOKENS`.
 */
export function cutSections(
  transcript: Transcript,
  { contextTokens = null }: { readonly contextTokens?: number | null },
): Section[] {
  const budget = textBudget(contextTokens ?? DEFAULT_CONTEXT_TOKENS, transcript.language);
  const lines = transcript.segments.flatMap((segment) => linesOf(segment, budget));
  const sections: Section[] = [];
  for (let from = 0; from < lines.length;) {
    const to = endOfSection(lines, from, budget);
    sections.push(toSection(sections.length, lines.slice(from, to)));
    from = to;
  }
  return sections;
}

/**
 * Two sections out of one that a provider found too long, in order and under the index of the whole; null where
 * it holds a single character. The time between them is known to the second only.
 */
export function halveSection(section: Section): readonly [Section, Section] | null {
  const lines = parseLines(section.text);
  const halves = lines.length === 1 ? halveLine(lines) : halveLines(lines, section.characters);
  if (halves === null) return null;
  const [first, second] = halves.map((half) => ({
    ...section,
    segmentIds: [...new Set(half.map(({ id }) => id))],
    text: half.map(({ head, text }) => head + text).join('\n'),
    characters: half.reduce((sum, { text }) => sum + text.length, 0),
  }));
  if (first === undefined || second === undefined) return null;
  const border = lines.length === 1 ? null : (halves[1]?.[0]?.start ?? null);
  return [
    { ...first, end: border ?? section.end },
    { ...second, start: border ?? section.start },
  ];
}

function halveLines(lines: readonly TranscriptLine[], total: number): TranscriptLine[][] | null {
  if (lines.length === 0) return null;
  let characters = 0;
  const middle = lines.findIndex(({ text }) => (characters += text.length) >= total / 2);
  const cut = Math.min(Math.max(middle, 1), lines.length - 1);
  return [lines.slice(0, cut), lines.slice(cut)];
}

function halveLine(lines: readonly TranscriptLine[]): TranscriptLine[][] | null {
  const [line] = lines;
  if (line === undefined) return null;
  const half = Math.ceil(line.text.length / 2);
  const [first, ...rest] = splitText(line.text, half, ({ length }) => length);
  if (first === undefined || rest.length === 0) return null;
  return [[{ ...line, text: first }], [{ ...line, text: rest.join('') }]];
}

interface Line {
  readonly id: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly speaker: string | null;
  readonly text: string;
  readonly rendered: string;
  readonly tokens: number;
}

function textBudget(contextTokens: number, language: string | null): number {
  if (contextTokens < MIN_CONTEXT_TOKENS) {
    throw new RangeError(
      `A summarising target needs contextTokens of at least ${MIN_CONTEXT_TOKENS}; it has ${contextTokens}.`,
    );
  }
  const prompt = sectionMessages({ text: '', language })
    .map(({ content }) => countTokens(content) + TOKENS_AROUND_A_MESSAGE)
    .reduce((sum, tokens) => sum + tokens, 0);
  return contextTokens - prompt - answerTokens(contextTokens);
}
/** Role marks and separators of the chat templates that we know take 4 to 10. */
const TOKENS_AROUND_A_MESSAGE = 16;

function linesOf(segment: Segment, budget: number): Line[] {
  const head = countTokens(toLine(segment, '')) + 1;
  const parts =
    countTokens(segment.text) + head <= budget
      ? [segment.text]
      : splitText(segment.text, budget - head, countTokens);
  return parts.map((text) => {
    const rendered = toLine(segment, text);
    const { id, start, end, speaker } = segment;
    return { id, start, end, speaker, text, rendered, tokens: countTokens(`${rendered}\n`) };
  });
}

function endOfSection(lines: readonly Line[], from: number, budget: number): number {
  let tokens = 0;
  let full = from;
  while (full < lines.length) {
    tokens += lines[full]?.tokens ?? 0;
    if (tokens > budget && full > from) break;
    full += 1;
  }
  if (full === lines.length) return full;
  // A good place in the last third is worth a shorter section.
  const earliest = from + Math.max(1, Math.ceil(((full - from) * 2) / 3));
  return (
    lastCut(earliest, full, (cut) => {
      const [before, after] = [lines[cut - 1]?.speaker, lines[cut]?.speaker];
      return before !== after;
    }) ??
    lastCut(earliest, full, (cut) => SENTENCE_END.test(lines[cut - 1]?.text ?? '')) ??
    full
  );
}
const SENTENCE_END = /[.!?…。！？।؟]["'”’»）)\]]*\s*$/u;

function lastCut(earliest: number, latest: number, fits: (cut: number) => boolean): number | null {
  for (let cut = latest; cut >= earliest; cut -= 1) if (fits(cut)) return cut;
  return null;
}

const toSection = (index: number, lines: readonly Line[]): Section => ({
  index,
  start: lines[0]?.start ?? null,
  end: lines.at(-1)?.end ?? null,
  segmentIds: [...new Set(lines.map(({ id }) => id))],
  text: lines.map(({ rendered }) => rendered).join('\n'),
  characters: lines.reduce((sum, { text }) => sum + text.length, 0),
});
