import type { Segment, Transcript } from '../../../workflows/contracts/transcript.ts';
import { printableLine } from './printable.ts';

/** One subtitle: times in whole milliseconds, `start` never before the cue's before it, `end` after `start`. */
export interface Cue {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly speaker: string | null;
  readonly lines: readonly string[];
}

/**
 * A transcript as subtitles of at most two lines. No text is dropped: segments without times share the time between
 * their neighbours by length, and `estimated` says that there were some.
 */
export function toCues(transcript: Transcript): { cues: Cue[]; estimated: boolean } {
  const timed = withTimes(transcript);
  const cues = timed.flatMap(({ segment, startMs, endMs }) => cut(segment, startMs, endMs));
  return {
    cues: inOrder(cues),
    estimated: transcript.segments.some(({ start, end }) => start === null || end === null),
  };
}

/** Columns of a line: 42 Latin letters, as broadcasters' style guides have it; a Chinese character takes two. */
const COLUMNS = 42;
const LINES = 2;
/** Reading speed where nothing else tells how long an untimed text takes: 15 characters a second. */
const MS_PER_CHARACTER = 1000 / 15;

interface TimedSegment {
  readonly segment: Segment;
  readonly startMs: number;
  readonly endMs: number;
}

function withTimes({ segments, durationSeconds }: Transcript): TimedSegment[] {
  const timed: TimedSegment[] = [];
  let clockMs = 0;
  for (let first = 0; first < segments.length;) {
    // A run of segments whose inner bounds nobody knows: it ends where an end or the next start is known.
    let last = first;
    while (last + 1 < segments.length && boundAfter(segments, last) === null) last += 1;
    const run = segments.slice(first, last + 1);
    const startMs = milliseconds(segments[first]?.start) ?? clockMs;
    const needed = run.reduce((sum, { text }) => sum + text.length * MS_PER_CHARACTER, 0);
    const rest = milliseconds(durationSeconds) ?? 0;
    const bound = boundAfter(segments, last) ?? (rest > startMs ? rest : startMs + needed);
    const endMs = Math.max(bound, startMs + run.length);
    const texts = run.map(({ text }) => text);
    share(texts, startMs, endMs).forEach((span, index) => {
      const segment = run[index];
      if (segment !== undefined) timed.push({ segment, ...span });
    });
    clockMs = endMs;
    first = last + 1;
  }
  return timed;
}

/** When a segment is over: its own end, else the start of the next. */
const boundAfter = (segments: readonly Segment[], index: number): number | null =>
  milliseconds(segments[index]?.end) ?? milliseconds(segments[index + 1]?.start);

const milliseconds = (seconds: number | null | undefined): number | null =>
  seconds === null || seconds === undefined ? null : Math.round(seconds * 1000);

/** Time dealt out by length of text, in whole milliseconds, without a gap. */
function share(
  texts: readonly string[],
  startMs: number,
  endMs: number,
): { startMs: number; endMs: number }[] {
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  let read = 0;
  let from = startMs;
  return texts.map((text) => {
    read += text.length;
    const to = startMs + Math.round(((endMs - startMs) * read) / Math.max(1, total));
    const span = { startMs: from, endMs: to };
    from = to;
    return span;
  });
}

function cut(segment: Segment, startMs: number, endMs: number): Cue[] {
  const lines = wrap(printableLine(segment.text), segment.language);
  const pages: string[][] = [];
  for (let index = 0; index < lines.length; index += LINES) {
    pages.push(lines.slice(index, index + LINES));
  }
  const spans = share(
    pages.map((page) => page.join('')),
    startMs,
    endMs,
  );
  return pages.map((page, index) => ({
    id: pages.length === 1 ? segment.id : `${segment.id}-${index + 1}`,
    startMs: spans[index]?.startMs ?? startMs,
    endMs: spans[index]?.endMs ?? endMs,
    speaker: segment.speaker === null ? null : printableLine(segment.speaker),
    lines: page,
  }));
}

/** Breaks at words as the language has them; a word longer than a line is broken where it must be. */
function wrap(text: string, language: string | null): string[] {
  const locale = language !== null && /^[a-z]{2,3}$/.test(language) ? language : undefined;
  const lines: string[] = [];
  let line = '';
  for (const { segment: word } of new Intl.Segmenter(locale ?? 'en', {
    granularity: 'word',
  }).segment(text)) {
    for (const piece of pieces(word)) {
      // Punctuation stays with what it follows, even where it stands over by a column.
      const punctuation = /^[\p{P}\s]+$/u.test(piece) && line !== '' && width(line) <= COLUMNS;
      if (!punctuation && line !== '' && width(line) + width(piece) > COLUMNS) {
        lines.push(line.trim());
        line = '';
      }
      line += piece;
    }
  }
  lines.push(line.trim());
  return lines.filter((written) => written !== '');
}

function pieces(word: string): string[] {
  if (width(word) <= COLUMNS) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (width(part) + width(character) > COLUMNS) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{3FFFD}]/u.test(
        character,
      )
        ? 2
        : 1;
  return columns;
}

/** Starts never go back, every cue lasts, and none outlasts the start of the next where that comes later. */
function inOrder(cues: readonly Cue[]): Cue[] {
  let fromMs = 0;
  const started = cues.map((cue) => {
    fromMs = Math.max(fromMs, cue.startMs);
    return { ...cue, startMs: fromMs };
  });
  return started.map((cue, index) => {
    const nextMs = started[index + 1]?.startMs ?? Infinity;
    const endMs = Math.max(cue.endMs, cue.startMs + 1);
    return { ...cue, endMs: nextMs > cue.startMs ? Math.min(endMs, nextMs) : endMs };
  });
}
