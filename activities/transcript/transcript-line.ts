import type { Segment } from '../../workflows/contracts/transcript.ts';

/** A segment, or a part of one, as a model reads it: `[s12 00:01:04] text`, with the speaker after the time if known. */
export function toLine(segment: Pick<Segment, 'id' | 'start' | 'speaker'>, text: string): string {
  const head = [segment.id, clockTime(segment.start), segment.speaker].filter(
    (part) => part !== null,
  );
  // One line a segment: a line break inside would let a text pass for a line of its own.
  return `[${head.join(' ')}] ${text.replace(/[\n\r\u2028\u2029]/gu, ' ')}`;
}

export interface TranscriptLine {
  readonly id: string;
  /** Whole seconds; null where the segment had no time. */
  readonly start: number | null;
  /** `[s12 00:01:04] ` as it stood. */
  readonly head: string;
  readonly text: string;
}

/** The lines that `toLine` made, found again among whatever surrounds them. */
export function parseLines(text: string): TranscriptLine[] {
  return [...text.matchAll(LINE)].map(([, head = '', id = '', clock = null, words = '']) => ({
    id,
    start: clock === null ? null : secondsOf(clock),
    head,
    text: words,
  }));
}

const LINE = /^(\[(s[1-9]\d*)(?: (\d+:\d\d:\d\d))?(?: [^\]\n]*)?\] )([^\n]*)$/gmu;

function clockTime(time: number | null): string | null {
  if (time === null) return null;
  const whole = Math.floor(time);
  return [whole / 3600, (whole / 60) % 60, whole % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
}

const secondsOf = (clock: string): number =>
  clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
