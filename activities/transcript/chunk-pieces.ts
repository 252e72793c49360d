import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { mayBeInvented } from './may-be-invented.ts';
import { mistrustedText, type Mistrust } from './mistrusted-text.ts';
import { foldWhitespace } from './text.ts';
import type { Span } from './wordless-voice.ts';

/** One segment of a chunk's transcript; times are seconds from the start of the chunk. */
export interface Piece extends Mistrust {
  /** Null: not known, it lasts as its neighbours allow. */
  readonly start: number | null;
  readonly end: number | null;
  readonly text: string;
  readonly language: string | null;
  readonly isTimeEstimated: boolean;
  readonly mayBeInvented: boolean;
  /** Which of the second answers it is from; absent: the first one. */
  readonly again?: number;
}

/** The answer's segments; its text instead if that has more letters, because no text may be lost. */
export function piecesOf(
  { text, segments }: TranscribeAnswer,
  language: string | null,
  voice: readonly Span[] | null,
  again?: number,
): readonly Piece[] {
  const kept = segments
    .map((segment) => ({ ...segment, text: foldWhitespace(segment.text) }))
    .filter((segment) => segment.text !== '');
  const whole = foldWhitespace(text);
  const isMore = lettersOf(whole) > lettersOf(kept.map((segment) => segment.text).join(''));
  const told = isMore ? [{ start: null, end: null, text: whole }] : kept;
  const suspected = mayBeInvented(told, voice);
  const mistrusted = mistrustedText(told, voice, suspected);
  return told.map((segment, index) => ({
    start: segment.start,
    end: segment.end,
    text: segment.text,
    language,
    isTimeEstimated:
      segment.start === null ||
      segment.end === null ||
      ('isTimeEstimated' in segment && segment.isTimeEstimated === true),
    mayBeInvented: suspected[index] === true,
    ...(mistrusted[index] ?? TRUSTED),
    ...(again !== undefined && { again }),
  }));
}

const TRUSTED: Mistrust = { isStretched: false, isUnsure: false, isMistrusted: false };

const lettersOf = (text: string): number => text.replace(/\s/gu, '').length;

/** The answer to a stretch that begins at `offset`, in the times of its chunk. */
export function movedBy(answer: TranscribeAnswer, offset: number, end: number): TranscribeAnswer {
  const moved = (time: number | null): number | null => (time === null ? null : time + offset);
  const segments = answer.segments.map((segment) => ({
    ...segment,
    start: moved(segment.start),
    end: moved(segment.end),
  }));
  // Otherwise the words would belong to the whole chunk.
  return segments.length > 0 || answer.text.trim() === ''
    ? { ...answer, segments }
    : { ...answer, segments: [{ start: offset, end, text: answer.text, isTimeEstimated: true }] };
}

/** The engine's word if it is an ISO 639-1 code, else the detector's. */
export const languageOf = (
  { language, text, segments }: TranscribeAnswer,
  detect: (text: string) => string | null,
): string | null =>
  language !== null && /^[a-z]{2}$/.test(language)
    ? language
    : detect(segments.length > 0 ? segments.map((one) => one.text).join(' ') : text);

/** Where words stand; without times they may stand anywhere. */
export const spanOf = ({ start, end }: Pick<Piece, 'start' | 'end'>): Span => ({
  start: start ?? 0,
  end: end ?? Infinity,
});

/** Whether the middle of the one is in the other. */
export const isMostlyWithin = (one: Span, other: Span): boolean =>
  one.start + one.end >= 2 * other.start && one.start + one.end <= 2 * other.end;

/** Whether the middle of at least one of them is in the other. */
export const areMostlySame = (one: Span, other: Span): boolean =>
  isMostlyWithin(one, other) || isMostlyWithin(other, one);

/** The others keep their order, whatever their times. */
export function inserted(
  pieces: readonly Piece[],
  more: readonly Piece[],
  at: number,
): readonly Piece[] {
  const found = pieces.findIndex(({ start }) => start !== null && start >= at);
  const place = found === -1 ? pieces.length : found;
  return [...pieces.slice(0, place), ...more, ...pieces.slice(place)];
}
