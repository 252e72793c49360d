/**
 * Splits a text into parts of at most `limit`, as `measure` counts, that give the text when joined: at the end of a
 * sentence, else between words, else between characters. A single character over the limit is a part all the same.
 */
export function splitText(
  text: string,
  limit: number,
  measure: (text: string) => number,
): string[] {
  return split(text, limit, measure, ['sentence', 'word', 'grapheme']);
}

type Granularity = 'sentence' | 'word' | 'grapheme';

function split(
  text: string,
  limit: number,
  measure: (text: string) => number,
  [granularity, ...finer]: readonly Granularity[],
): string[] {
  if (granularity === undefined || measure(text) <= limit) return [text];
  const parts: string[] = [];
  let current = '';
  let size = 0;
  const segmenter = new Intl.Segmenter(undefined, { granularity });
  for (const { segment } of segmenter.segment(text)) {
    // `measure` is subadditive, so the sum of the pieces is no less than the whole.
    const added = measure(segment);
    if (current !== '' && size + added > limit) {
      parts.push(current);
      current = '';
      size = 0;
    }
    if (added > limit) {
      parts.push(...split(segment, limit, measure, finer));
    } else {
      current += segment;
      size += added;
    }
  }
  return current === '' ? parts : [...parts, current];
}
