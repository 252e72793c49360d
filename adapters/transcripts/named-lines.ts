import { parseClock } from './clock-times.ts';
import { speakerLabels, splitLabel } from './speaker-labels.ts';
import type { Turn } from './turn.ts';

/**
 * The turns of a text: a line such as "Ann: words" begins one, and the lines after it continue it up to an empty line or
 * the next name. A text without names is one turn a paragraph.
 *
 * A time counts in brackets before the words ("[0:12:30] Ann: …"), bare where a name follows it or half of the lines have
 * one, and after a name on a line of its own ("Ann 12:30") where half of the paragraphs begin so. Any other time is words.
 */
export function parseNamedLines(text: string): Turn[] {
  const lines = text.split('\n').map((line) => line.trim());
  const heads = headLines(lines);
  const stamped = lines.map(splitStamp);
  const isTimed = haveTimes(lines, stamped);
  const speakers = speakerLabels(
    lines.flatMap((line, index) => {
      if (line === '' || heads.has(index)) return [];
      const after = stamped[index]?.words ?? line;
      return [splitLabel(after) === null ? line : after];
    }),
  );
  const speakerOf = (words: string): { label: string; text: string } | null => {
    const split = splitLabel(words);
    return split !== null && speakers.has(split.label) ? split : null;
  };

  const turns: { start: number | null; speaker: string | null; words: string[] }[] = [];
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    const head = heads.get(index);
    const stamp = stamped[index] ?? null;
    const counts =
      stamp !== null && (stamp.isBracketed || isTimed || speakerOf(stamp.words) !== null);
    const start = head?.start ?? (counts ? stamp.start : null);
    const words = counts ? stamp.words : line;
    const named = head ?? speakerOf(words);
    if (named !== null) turns.push({ start, speaker: named.label, words: [named.text] });
    else if (words !== '') {
      const last = turns.at(-1);
      if (last !== undefined && isOpen && start === null) last.words.push(words);
      // A paragraph goes on speaking in the voice of the one before it.
      else turns.push({ start, speaker: last?.speaker ?? null, words: [words] });
    }
    isOpen = named !== null || words !== '';
  }
  return turns.flatMap(({ start, speaker, words }) => {
    const said = words.join(' ').replaceAll(/\s+/gu, ' ').trim();
    // A name that says nothing is kept as words.
    if (said === '') return [{ start, end: null, speaker: null, text: `${speaker ?? ''}:` }];
    return [{ start, end: null, speaker, text: said }];
  });
}

/** A time before the words of a line; null: there is none. */
function splitStamp(line: string) {
  const match = /^(?:[[(](\d[\d:.,]*)[\])]|(\d[\d:.,]*))(?:\s*[-–])?\s+(.*)$/su.exec(line);
  if (match === null) return null;
  const [, bracketed, bare = '', words = ''] = match;
  const start = parseClock(bracketed ?? bare);
  return start === null ? null : { start, words, isBracketed: bracketed !== undefined };
}

/** Whether the first line and half of all have a time, and none goes back: others are times of day. */
function haveTimes(
  lines: readonly string[],
  stamped: readonly ({ readonly start: number } | null)[],
): boolean {
  const written = lines.flatMap((line, index) => (line === '' ? [] : [stamped[index] ?? null]));
  const starts = written.flatMap((stamp) => stamp?.start ?? []);
  const isAscending = starts.every((start, index) => start >= (starts[index - 1] ?? 0));
  return written[0] !== null && starts.length * 2 >= written.length && isAscending;
}

/** Lines that are only a name and a time, by their index: there are several, and half of the paragraphs begin so. */
function headLines(
  lines: readonly string[],
): ReadonlyMap<number, { readonly label: string; readonly text: ''; readonly start: number }> {
  const beginnings = lines.flatMap((line, index) =>
    line !== '' && (lines[index - 1] ?? '') === '' ? [index] : [],
  );
  const heads = new Map(
    beginnings.flatMap((index) => {
      const match = /^(\p{L}[^:：]{0,59}?)\s+[[(]?(\d[\d:.]*)[\])]?$/su.exec(lines[index] ?? '');
      const [, label = '', clock = ''] = match ?? [];
      const start = parseClock(clock);
      const isName = label.split(/\s+/).length <= MOST_WORDS && (lines[index + 1] ?? '') !== '';
      return start !== null && isName ? [[index, { label, text: '' as const, start }]] : [];
    }),
  );
  return heads.size > 1 && heads.size * 2 >= beginnings.length ? heads : new Map();
}

/** "Anna van den Berg" */
const MOST_WORDS = 4;
