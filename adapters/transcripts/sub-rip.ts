import { namedTurns } from './speaker-labels.ts';
import { subtitleBlocks } from './subtitle-blocks.ts';
import type { Turn } from './turn.ts';

/** The turns of a SubRip file. The tags that players know go: `<i>`, `<b>`, `<u>`, `<s>`, `<font …>` and `{\…}`. */
export function parseSubRip(text: string): Turn[] {
  const blocks = subtitleBlocks(
    text,
    (line) => /^\s*\d+\s*$/.test(line),
    () => false,
  );
  const turns = blocks.map(({ start, end, lines }): Turn => {
    const words = lines.join(' ').replaceAll(TAG, '').replaceAll(/\s+/gu, ' ').trim();
    return { start, end, speaker: null, text: words };
  });
  return namedTurns(turns.filter((turn) => turn.text !== ''));
}

const TAG = /<\/?(?:[ibus]|font(?:\s[^>]*)?)>|\{\\[^}]*\}/gi;
