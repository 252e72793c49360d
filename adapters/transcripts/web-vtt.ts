import { decodeHTML } from 'entities';
import { namedTurns } from './speaker-labels.ts';
import { subtitleBlocks } from './subtitle-blocks.ts';
import type { Turn } from './turn.ts';

/**
 * The turns of a WebVTT file: a subtitle with several voices is several turns. Tags go, character references are
 * resolved (https://www.w3.org/TR/webvtt1/#cue-text). Where no voices are marked, names before a colon count, as Zoom
 * writes them.
 */
export function parseWebVtt(text: string): Turn[] {
  const blocks = subtitleBlocks(
    text,
    (_line, isAfterEmptyLine) => isAfterEmptyLine,
    (line) => /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(line),
  );
  const turns = blocks.flatMap(({ start, end, lines }) =>
    voicesOf(lines.join('\n')).map((voice): Turn => ({ start, end, ...voice })),
  );
  return turns.some(({ speaker }) => speaker !== null) ? turns : namedTurns(turns);
}

/** The pieces of a subtitle, each with its voice. */
function voicesOf(cue: string): Pick<Turn, 'speaker' | 'text'>[] {
  const pieces: { speaker: string | null; text: string }[] = [];
  let speaker: string | null = null;
  let isNew = true;
  for (const part of cue.split(/(<[^>]*>?)/)) {
    const voice = /^<v(?:\.[^ \t\n>]*)?(?:[ \t\n]+([^>]*))?>?$/.exec(part);
    if (voice !== null) speaker = foldWords(decodeHTML(voice[1] ?? '')) || null;
    else if (part === '</v>') speaker = null;
    else if (!part.startsWith('<')) {
      const last = pieces.at(-1);
      if (isNew || last === undefined) pieces.push({ speaker, text: part });
      else last.text += part;
      isNew = false;
      continue;
    } else continue;
    isNew = true;
  }
  return pieces
    .map(({ speaker, text }) => ({ speaker, text: foldWords(decodeHTML(text)) }))
    .filter(({ text }) => text !== '');
}

/** Marks of direction steer the display and are no words. */
const foldWords = (text: string): string =>
  text
    .replaceAll(/[\u200e\u200f]/g, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
