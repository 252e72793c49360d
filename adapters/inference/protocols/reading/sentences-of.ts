interface Piece {
  readonly text: string;
  readonly start: number | null;
  readonly end: number | null;
}

/** Joins words, as Whisper writes them with their spaces, into sentences: each ends with its mark, or before a pause. */
export function sentencesOf(words: readonly Piece[]): readonly Piece[] {
  const sentences: { text: string; start: number | null; end: number | null }[] = [];
  let isOpen = false;
  for (const { text, start, end } of words) {
    const last = sentences.at(-1);
    const pause = (start ?? 0) - (last?.end ?? start ?? 0);
    if (last === undefined || !isOpen || pause > LONGEST_PAUSE_SECONDS) {
      sentences.push({ text, start, end });
    } else {
      last.text += text;
      last.end = end ?? last.end;
    }
    isOpen = !/[.?!\u3002\uff01\uff1f]["'\u201d\u2019)]*\s*$/.test(text);
  }
  return sentences;
}

const LONGEST_PAUSE_SECONDS = 1.5;
