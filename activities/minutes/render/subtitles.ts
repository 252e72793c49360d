import type { Segment, Transcript } from '../../../workflows/contracts/transcript.ts';
import { segmenterFor, splitText } from '../../transcript/text.ts';
import { toClock } from '../../transcript/transcript-line.ts';
import { printableLine } from './printable.ts';
import type { NameOf } from './speaker-names.ts';

/** The transcript as SubRip. */
export const renderSrt = (transcript: Transcript, nameOf?: NameOf): string =>
  toCues(transcript, nameOf)
    .map(({ startMs, endMs, speaker, lines }, index) => {
      const text = `${speaker === null ? '' : `${speaker}: `}${lines.join('\n')}`;
      return `${index + 1}\n${toTimes(startMs, endMs, ',')}\n${withoutTags(text)}\n`;
    })
    .join('\n');

/**
 * SubRip has no escapes: most players show `&lt;` unchanged, some take it for a bracket, and they swallow or execute
 * `<…>` and `{\…}`. So these characters are replaced by ones that look alike; an ampersand in `R&D` stays.
 */
const withoutTags = (text: string): string =>
  withoutBraces(withoutBackslashes(text))
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll(/&(?=#?\w+;)/gu, '＆');

/** ffmpeg, and players that use it, take `\n` and `\h` in a text for a line end and a space, in both formats. */
const withoutBackslashes = (text: string): string => text.replaceAll('\\', '⧵');

/** ffmpeg puts backslashes before braces of WebVTT, also of one that it made, and loses words between two pairs. */
const withoutBraces = (text: string): string => text.replaceAll('{', '｛').replaceAll('}', '｝');

/** The transcript as WebVTT. A cue has the id of its segment, followed by `-1`, `-2` if the segment was cut. */
export function renderVtt(transcript: Transcript, nameOf?: NameOf): string {
  const blocks = toCues(transcript, nameOf).map(({ id, startMs, endMs, speaker, lines }) => {
    // A name that ends in `--` would form an arrow with the bracket. Nobody sees the space.
    const voice = speaker === null ? '' : `<v ${escapeCue(speaker).replace(/-$/, '- ')}>`;
    return `${id}\n${toTimes(startMs, endMs, '.')}\n${voice}${escapeCue(lines.join('\n'))}`;
  });
  const estimated = transcript.segments.some(({ start, end }) => start === null || end === null);
  const notes = [
    ...(estimated ? ['NOTE Some times are estimated from the length of the text.'] : []),
    ...(transcript.segments.some((segment) => segment.mayBeInvented)
      ? [`NOTE ${MAY_BE_INVENTED} marks words that may be invented.`]
      : []),
  ];
  return `${['WEBVTT', ...notes, ...blocks].join('\n\n')}\n`;
}

/**
 * The escapes of the standard, which browsers show as the characters themselves; a reader that knows none, such as
 * webvtt-py, shows the escapes. Escaping `>` also keeps an arrow in a text from being read as a line of times.
 */
const escapeCue = (text: string): string =>
  withoutBraces(withoutBackslashes(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** `hh:mm:ss.mmm --> hh:mm:ss.mmm`; the formats differ in the mark before the milliseconds. */
const toTimes = (startMs: number, endMs: number, mark: '.' | ','): string =>
  [startMs, endMs]
    .map((ms) => `${toClock(ms / 1000)}${mark}${String(Math.floor(ms % 1000)).padStart(3, '0')}`)
    .join(' --> ');

/** One subtitle. Times are whole milliseconds, starts never go back, and `endMs` is after `startMs`. */
interface Cue {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly speaker: string | null;
  readonly lines: readonly string[];
}

/**
 * A transcript as subtitles of at most two lines. No text is dropped: segments without times share the time between
 * their neighbours in proportion to their length.
 */
export const toCues = (transcript: Transcript, nameOf: NameOf = printableLine): Cue[] =>
  inOrder(withTimes(transcript).flatMap((timed) => toPages(timed, nameOf)));

/** In every language, and whatever the player does with styles. */
const MAY_BE_INVENTED = '[?]';

/** Columns of a line: 42 Latin letters, as in broadcasters' style guides. A Chinese character takes two columns. */
const COLUMNS = 42;
const LINES = 2;
/** Reading speed, 15 characters a second: estimates how long a text takes whose times cannot be bounded. */
const MS_PER_CHARACTER = 1000 / 15;

interface Timed<T> {
  readonly item: T;
  readonly startMs: number;
  readonly endMs: number;
}

function withTimes({ segments, durationSeconds }: Transcript): Timed<Segment>[] {
  const timed: Timed<Segment>[] = [];
  let clockMs = 0;
  for (let first = 0; first < segments.length;) {
    // A run of segments without known times between them. It ends where an end or the next start is known.
    let last = first;
    while (last + 1 < segments.length && boundAfter(segments, last) === null) last += 1;
    const run = segments.slice(first, last + 1);
    const startMs = milliseconds(segments[first]?.start) ?? clockMs;
    const needed = run.reduce((sum, { text }) => sum + text.length * MS_PER_CHARACTER, 0);
    const rest = milliseconds(durationSeconds) ?? 0;
    const bound = boundAfter(segments, last) ?? (rest > startMs ? rest : startMs + needed);
    const endMs = Math.max(bound, startMs + run.length);
    timed.push(...shareTime(run, ({ text }) => text, startMs, endMs));
    clockMs = endMs;
    first = last + 1;
  }
  return timed;
}

/** The end of a segment, else the start of the next one. */
const boundAfter = (segments: readonly Segment[], index: number): number | null =>
  milliseconds(segments[index]?.end) ?? milliseconds(segments[index + 1]?.start);

const milliseconds = (seconds: number | null | undefined): number | null =>
  seconds === null || seconds === undefined ? null : Math.round(seconds * 1000);

/** Divides a span of time among items in proportion to their texts, in whole milliseconds, without a gap. */
function shareTime<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  startMs: number,
  endMs: number,
): Timed<T>[] {
  const total = items.reduce((sum, item) => sum + textOf(item).length, 0);
  let read = 0;
  let from = startMs;
  return items.map((item) => {
    read += textOf(item).length;
    const to = startMs + Math.round(((endMs - startMs) * read) / Math.max(1, total));
    const timed = { item, startMs: from, endMs: to };
    from = to;
    return timed;
  });
}

/** Cuts a segment into cues of at most two lines. */
function toPages({ item: segment, startMs, endMs }: Timed<Segment>, nameOf: NameOf): Cue[] {
  const mark = segment.mayBeInvented ? `${MAY_BE_INVENTED} ` : '';
  const lines = wrap(mark + printableLine(segment.text), segment.language);
  const pages: string[][] = [];
  for (let index = 0; index < lines.length; index += LINES) {
    pages.push(lines.slice(index, index + LINES));
  }
  return shareTime(pages, (page) => page.join(''), startMs, endMs).map(
    ({ item, ...times }, index) => ({
      id: pages.length === 1 ? segment.id : `${segment.id}-${index + 1}`,
      ...times,
      speaker: segment.speaker === null ? null : nameOf(segment.speaker),
      lines: item,
    }),
  );
}

/** Breaks lines between words, by the rules of the language. A word longer than a line is broken. */
function wrap(text: string, language: string | null): string[] {
  const lines: string[] = [];
  let line = '';
  const words = segmenterFor('word', language).segment(text);
  for (const piece of Array.from(words, ({ segment }) =>
    splitText(segment, COLUMNS, width),
  ).flat()) {
    // Punctuation stays with the word before it, even if it exceeds the line by a column.
    const punctuation = /^[\p{P}\s]+$/u.test(piece) && line !== '' && width(line) <= COLUMNS;
    if (!punctuation && line !== '' && width(line) + width(piece) > COLUMNS) {
      lines.push(line.trim());
      line = '';
    }
    line += piece;
  }
  lines.push(line.trim());
  return lines.filter((written) => written !== '');
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{3FFFD}]/gu;

const width = (text: string): number => Array.from(text).length + (text.match(WIDE)?.length ?? 0);

/** Keeps starts in order, makes every cue last, and ends a cue at the next start if that is later than its own. */
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
