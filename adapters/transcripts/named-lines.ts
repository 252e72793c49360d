import { parseClock } from './clock-times.ts';
import { speakerLabels, splitLabel } from './speaker-labels.ts';
import type { Turn } from './turn.ts';

/**
 * The turns of a text: a line such as "Ann: words" begins one, and the lines after it continue it up to an empty line or
 * the next name. A time may stand before the name ("[0:12:30] Ann: …") or after it on a line of its own ("Ann  12:30").
 * A text without names is one turn a paragraph.
 */
export function parseNamedLines(text: string): Turn[] {
  const lines = text.split('\n').map(readLine);
  const speakers = speakerLabels(
    lines.flatMap(({ words, name }) => (words === '' || name !== null ? [] : [words])),
  );
  const turns: { start: number | null; speaker: string | null; words: string[] }[] = [];
  let isOpen = false;
  for (const { start, name, words } of lines) {
    const split = name === null ? splitLabel(words) : { label: name, text: '' };
    const isNamed = split !== null && (name !== null || speakers.has(split.label));
    if (isNamed) turns.push({ start, speaker: split.label, words: [split.text] });
    else if (words !== '') {
      const last = turns.at(-1);
      if (last !== undefined && isOpen && start === null) last.words.push(words);
      // A paragraph goes on speaking in the voice of the one before it.
      else turns.push({ start, speaker: last?.speaker ?? null, words: [words] });
    }
    isOpen = isNamed || words !== '';
  }
  return turns.flatMap(({ start, speaker, words }) => {
    const said = words.join(' ').replaceAll(/\s+/gu, ' ').trim();
    return said === '' ? [] : [{ start, end: null, speaker, text: said }];
  });
}

interface Line {
  readonly start: number | null;
  /** Of a line that is only a name and a time. */
  readonly name: string | null;
  readonly words: string;
}

function readLine(line: string): Line {
  const trimmed = line.trim();
  const before = /^[[(]?(\d[\d:.,]*)[\])]?(?:\s*[-–]\s*)?\s+(.*)$/su.exec(trimmed);
  const start = before === null ? null : parseClock(before[1] ?? '');
  if (start !== null) return { start, name: null, words: before?.[2] ?? '' };
  const after = /^(\p{L}[^:：]{0,59}?)\s+[[(]?(\d[\d:.]*)[\])]?$/su.exec(trimmed);
  const time = after === null ? null : parseClock(after[2] ?? '');
  if (time !== null) return { start: time, name: after?.[1] ?? '', words: '' };
  return { start: null, name: null, words: trimmed };
}
