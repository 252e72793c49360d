import { UnusableTranscriptError } from './unusable-transcript-error.ts';
import { parseTimes } from './clock-times.ts';

export interface SubtitleBlock {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/**
 * The subtitles of a WebVTT or SubRip file: what stands between two lines of times. Text behind an empty line still
 * belongs to the subtitle before it, and an arrow without times is text, so no words are lost. Throws
 * `UnusableTranscriptError` with the number of a line whose times cannot be read.
 *
 * @param isLabel whether the line above the times is the subtitle's number or id, and not text of the one before
 * @param isComment whether a block without times is none of the text, by its first line
 */
export function subtitleBlocks(
  text: string,
  isLabel: (line: string, isAfterEmptyLine: boolean) => boolean,
  isComment: (line: string) => boolean,
): SubtitleBlock[] {
  const lines = text.split('\n');
  const blocks: (SubtitleBlock & { lines: string[] })[] = [];
  let isInComment = false;
  for (const [index, line] of lines.entries()) {
    const times = line.includes('-->') ? parseTimes(line) : null;
    if (times === null && BROKEN_TIMES.test(line)) {
      throw new UnusableTranscriptError(
        `has times in line ${index + 1} that are none, such as 00:01:02.500 --> 00:01:04.000. Correct it.`,
      );
    }
    if (times !== null) {
      const before = blocks.at(-1)?.lines;
      const above = lines[index - 1] ?? '';
      const isAfterEmptyLine = (lines[index - 2] ?? '').trim() === '';
      if (before?.at(-1) === above && isLabel(above, isAfterEmptyLine)) before.pop();
      blocks.push({ ...times, lines: [] });
      isInComment = false;
    } else if (line.trim() === '') {
      isInComment = false;
    } else {
      const isFirst = (lines[index - 1] ?? '').trim() === '';
      isInComment ||= isFirst && isComment(line);
      if (!isInComment) blocks.at(-1)?.lines.push(line);
    }
  }
  return blocks;
}

const BROKEN_TIMES = /^\s*\d+:\d+.*-->\s*\d+:\d+/;
