/** Replaces every run of white space by one space and trims the ends. */
export const foldWhitespace = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** The form in which quotes and transcripts are compared: NFKC with folded white space. */
export const foldForComparison = (text: string): string => foldWhitespace(text.normalize('NFKC'));

/** True for text in a script that writes no spaces between words: it is measured in characters. */
export const isUnspaced = (text: string): boolean =>
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u.test(text);

/** Segments by the rules of a language (ISO 639-1), or by those of English if it is unknown. */
export const segmenterFor = (
  granularity: 'sentence' | 'word',
  language: string | null,
): Intl.Segmenter =>
  segmenter(granularity, language !== null && /^[a-z]{2}$/.test(language) ? language : 'en');

/** Making one takes longer than segmenting a sentence with it. */
const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(granularity: Granularity, locale: string | undefined): Intl.Segmenter {
  const name = `${granularity} ${locale ?? ''}`;
  const known = segmenters.get(name) ?? new Intl.Segmenter(locale, { granularity });
  segmenters.set(name, known);
  return known;
}

/**
 * Splits a text into parts that measure at most `limit` and give the text when joined: between sentences, else
 * between words, else between characters. A single character above the limit is a part of its own.
 */
export function splitText(
  text: string,
  limit: number,
  measure: (text: string) => number,
  [granularity, ...finer]: readonly Granularity[] = ['sentence', 'word', 'grapheme'],
): string[] {
  if (granularity === undefined || measure(text) <= limit) return [text];
  const parts: string[] = [];
  let current = '';
  let size = 0;
  for (const { segment } of segmenter(granularity, undefined).segment(text)) {
    // `measure` is subadditive: the sum over the pieces is never less than the whole.
    const added = measure(segment);
    if (current !== '' && size + added > limit) {
      parts.push(current);
      current = '';
      size = 0;
    }
    if (added > limit) {
      parts.push(...splitText(segment, limit, measure, finer));
    } else {
      current += segment;
      size += added;
    }
  }
  return current === '' ? parts : [...parts, current];
}

type Granularity = 'sentence' | 'word' | 'grapheme';
