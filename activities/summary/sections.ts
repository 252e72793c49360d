import { z } from 'zod';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { timeSchema } from '../../workflows/contracts/transcript.ts';
import { answerTokens, promptTokens, sectionMessages } from './prompts.ts';
import { splitText } from '../transcript/text.ts';
import { parseLines, toLine } from '../transcript/transcript-line.ts';
import type { TranscriptLine } from '../transcript/transcript-line.ts';

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
  /** Digest of what was cut; null in those of before, and of halves. */
  transcriptSha256: z.string().nullable().default(null),
  sections: z.array(sectionSchema),
});

/**
 * Cuts a transcript so that prompt, section and answer fit `contextTokens` together, as `count` counts; every
 * character of it is in exactly one section. Cuts fall where the speaker changes, else where a sentence ends, else
 * between two segments. Throws a RangeError below `MIN_CONTEXT_TOKENS`.
 *
 * Lines are counted one by one and summed up; as a tokenizer may make more of a whole than of its lines, every
 * section is counted once more as a whole, and loses lines until it fits.
 */
export function cutSections(
  transcript: Transcript,
  { contextTokens, count }: { readonly contextTokens: number; readonly count: Count },
): Section[] {
  const budget = textBudget(contextTokens, transcript.language, count);
  const lines = transcript.segments.flatMap((segment) => linesOf(segment, budget, count));
  const sections: Section[] = [];
  for (let from = 0; from < lines.length;) {
    let to = endOfSection(lines, from, budget);
    while (to > from + 1 && count(textOf(lines.slice(from, to))) > budget) to -= 1;
    sections.push(toSection(sections.length, lines.slice(from, to)));
    from = to;
  }
  return sections;
}

/** Tokens of a text. */
export type Count = (text: string) => number;

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

function textBudget(contextTokens: number, language: string | null, count: Count): number {
  if (contextTokens < MIN_CONTEXT_TOKENS) {
    throw new RangeError(
      `A summarising target needs contextTokens of at least ${MIN_CONTEXT_TOKENS}; it has ${contextTokens}.`,
    );
  }
  const prompt = promptTokens(sectionMessages({ text: '', language }), count);
  return contextTokens - prompt - answerTokens(contextTokens) - TOKENS_AT_THE_FENCE;
}
/** Where the words meet the marks around them, a tokenizer may cut anew. */
const TOKENS_AT_THE_FENCE = 8;

function linesOf(segment: Segment, budget: number, count: Count): Line[] {
  const lineOf = (text: string): Line => {
    const rendered = toLine(segment, text);
    const { id, start, end, speaker } = segment;
    return { id, start, end, speaker, text, rendered, tokens: count(`${rendered}\n`) };
  };
  const fitting = (texts: readonly string[], limit: number): Line[] =>
    texts.flatMap((text) => {
      const line = lineOf(text);
      if (line.tokens <= budget) return [line];
      // The parts were counted by themselves, and make more together.
      const parts = splitText(text, Math.floor(limit * 0.9), count);
      return parts.length === 1 ? [line] : fitting(parts, Math.floor(limit * 0.9));
    });
  return fitting([segment.text], budget - count(toLine(segment, '')));
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
  text: textOf(lines),
  characters: lines.reduce((sum, { text }) => sum + text.length, 0),
});

const textOf = (lines: readonly Line[]): string => lines.map(({ rendered }) => rendered).join('\n');
