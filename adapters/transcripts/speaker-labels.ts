import type { Turn } from './turn.ts';

/** A name before a colon, and what is said after it; null: the line has none. */
export function splitLabel(line: string): { readonly label: string; readonly text: string } | null {
  // A Chinese colon needs no space; after a Latin one without a space stands a time or an address.
  const match = /^([\p{L}\p{N}][^:：]{0,59}?)\s*(?:：|:(?=\s|$))\s*(.*)$/su.exec(line);
  const [, label = '', text = ''] = match ?? [];
  // A sentence before a colon is no name: it has more words, or marks that names have not.
  const isName = /\p{L}/u.test(label) && !/[?!;"“”„。，！？]/u.test(label);
  return isName && label.split(/\s+/).length <= MOST_WORDS ? { label, text } : null;
}

/** "Dr. Anna Maria van den Berg" */
const MOST_WORDS = 6;

/**
 * Which labels are speakers: all, where at least half of the lines have one, else those that stand before two lines or
 * more. A single "Note: …" in a text without names stays what it is.
 */
export function speakerLabels(lines: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const label = splitLabel(line)?.label;
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labelled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const isDialogue = labelled > 1 && labelled * 2 >= lines.length;
  return new Set([...counts].flatMap(([label, count]) => (isDialogue || count > 1 ? [label] : [])));
}

/** Takes the names from the texts of turns. A turn that is only a name names the next one. */
export function namedTurns(turns: readonly Turn[]): Turn[] {
  const speakers = speakerLabels(turns.map(({ text }) => text));
  let waiting: string | null = null;
  return turns.flatMap((turn): Turn[] => {
    const split = splitLabel(turn.text);
    if (split === null || !speakers.has(split.label)) {
      const named = { ...turn, speaker: turn.speaker ?? waiting };
      waiting = null;
      return [named];
    }
    waiting = split.text === '' ? split.label : null;
    return split.text === '' ? [] : [{ ...turn, speaker: split.label, text: split.text }];
  });
}
