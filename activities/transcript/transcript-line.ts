import type { Segment } from '../../workflows/contracts/transcript.ts';

/**
 * A segment, or part of one, as models read it: `[s12 00:01:04] text`, with the speaker after the time if known.
 *
 * @param otherLanguage ISO 639-1, if it is not the transcript's: it stands last in the head, as `lang=zh`
 */
export function toLine(
  segment: Pick<Segment, 'id' | 'start' | 'speaker'>,
  text: string,
  otherLanguage: string | null = null,
): string {
  const head = [
    segment.id,
    segment.start === null ? null : toClock(segment.start),
    // A name is the user's word: it must not end the head.
    segment.speaker?.replace(/[\][\n\r\u2028\u2029]/gu, ' ') ?? null,
    otherLanguage !== null && /^[a-z]{2,3}$/.test(otherLanguage) ? `lang=${otherLanguage}` : null,
  ].filter((part) => part !== null);
  // One line per segment: with a line break inside, a text could pass for another segment's line.
  return `[${head.join(' ')}] ${text.replace(/[\n\r\u2028\u2029]/gu, ' ')}`;
}

/** A whole segment as its head and its text; the text is as long as the segment's. */
export function lineOf(
  segment: Pick<Segment, 'id' | 'start' | 'speaker' | 'language' | 'text'>,
  language: string | null,
): Pick<TranscriptLine, 'head' | 'text'> {
  const other = segment.language === language ? null : segment.language;
  const head = toLine(segment, '', other);
  return { head, text: toLine(segment, segment.text, other).slice(head.length) };
}

export const joinLines = (lines: readonly Pick<TranscriptLine, 'head' | 'text'>[]): string =>
  lines.map(({ head, text }) => head + text).join('\n');

export interface TranscriptLine {
  readonly id: string;
  /** Whole seconds; null: the segment had no time. */
  readonly start: number | null;
  /** `[s12 00:01:04] `, unchanged. */
  readonly head: string;
  readonly text: string;
}

/** Finds the lines that `toLine` made in a longer text. */
export function parseLines(text: string): TranscriptLine[] {
  return [...text.matchAll(LINE)].map(([, head = '', id = '', clock = null, words = '']) => ({
    id,
    start: clock === null ? null : secondsOf(clock),
    head,
    text: words,
  }));
}

const LINE = /^(\[(s[1-9]\d*)(?: (\d+:\d\d:\d\d))?(?: [^\]\n]*)?\] )([^\n]*)$/gmu;

/** Whether a line has a speaker's id in its head. */
export const hasSpeakers = (text: string): boolean =>
  /^\[s[1-9]\d*(?: \d+:\d\d:\d\d)? S[1-9]\d*(?: lang=[a-z]{2,3})?\] /mu.test(text);

/** True if a line says that it is in another language than the transcript. */
export const namesLanguages = (lines: string): boolean =>
  /^\[s[1-9]\d*(?: [^\]\n]*)? lang=[a-z]{2,3}\] /mu.test(lines);

/** Seconds as `00:01:04`, rounded down. */
export const toClock = (seconds: number): string =>
  [seconds / 3600, seconds / 60, seconds]
    .map(Math.floor)
    .map((part, index) => String(index === 0 ? part : part % 60).padStart(2, '0'))
    .join(':');

const secondsOf = (clock: string): number =>
  clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
