export interface TranscriptLine {
  readonly id: string;
  readonly text: string;
  /** ISO 639-1, where the line says it; null: the main language of the transcript. */
  readonly language: string | null;
  /** `S1`, where the line says it. */
  readonly speaker: string | null;
}

/**
 * The lines `[s12 00:01:04] text` inside the `<transcript …>` of a prompt; the time may be missing, and the speaker and
 * `lang=zh` may follow. A line without a mark continues the line before it. Null: the prompt contains no transcript.
 */
export function readTranscriptLines(prompt: string): readonly TranscriptLine[] | null {
  const block = readBlock(prompt, 'transcript');
  if (block === null) return null;
  const lines: (TranscriptLine & { text: string })[] = [];
  for (const line of block.split('\n')) {
    const marked = HEAD.exec(line);
    const last = lines.at(-1);
    if (marked?.[1] !== undefined) {
      const [, id, speaker = null, language = null, text = ''] = marked;
      lines.push({ id, text: text.trim(), language, speaker });
    } else if (last !== undefined && line.trim() !== '') last.text += ` ${line.trim()}`;
  }
  return lines;
}

const HEAD = /^\s*\[(\S+?)(?:\s[^\]]*?)??(?:\s(S[1-9]\d*))?(?:\slang=([a-z]{2,3}))?\]\s?(.*)$/;

/**
 * The text between `<name id="…">` and the last `</name id="…">` or `</name>`: a closing mark inside the text does not end
 * it. Null: there is no such pair.
 */
export function readBlock(prompt: string, name: string): string | null {
  const open = new RegExp(`<${name}((?:\\s[^>]*)?)>`).exec(prompt);
  if (open === null) return null;
  const start = open.index + open[0].length;
  const sameMark = prompt.lastIndexOf(`</${name}${open[1] ?? ''}>`);
  const end = sameMark < start ? prompt.lastIndexOf(`</${name}>`) : sameMark;
  return end < start ? null : prompt.slice(start, end);
}
