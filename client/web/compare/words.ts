import { diffArrays } from 'diff';

/** A stretch of a text: it stands in both, only in the earlier one (`gone`), or only in the later one (`new`). */
export interface Stretch {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/**
 * What is different between two texts, word by word. `same` and `gone` make the earlier text, `same` and `new` the later
 * one. Where words are not told apart by spaces, a dictionary tells them apart. Texts that share almost nothing are one
 * stretch each.
 */
export function differentWords(was: string, is: string): Stretch[] {
  const parts = diffArrays(wordsOf(was), wordsOf(is), { maxEditLength: MOST_EDITS });
  if (parts === undefined) return written(was, is);
  const stretches: Stretch[] = [];
  let [gone, come] = ['', ''];
  for (const [index, { added, removed, value }] of parts.entries()) {
    const text = value.join('');
    const isChanged = gone !== '' || come !== '';
    const goesOn = index + 1 < parts.length;
    if (removed) gone += text;
    else if (added) come += text;
    else if (isChanged && goesOn && text.trim() === '') {
      // A space between two changed words belongs to the change.
      gone += text;
      come += text;
    } else {
      stretches.push(...written(gone, come), { kind: 'same', text });
      [gone, come] = ['', ''];
    }
  }
  return [...stretches, ...written(gone, come)];
}

const written = (gone: string, come: string): Stretch[] => [
  ...(gone === '' ? [] : [{ kind: 'gone' as const, text: gone }]),
  ...(come === '' ? [] : [{ kind: 'new' as const, text: come }]),
];

const MOST_EDITS = 1_500;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

const wordsOf = (text: string): string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment);

/** The different words of a text, without spaces and punctuation, in lower case. */
export const wordSet = (text: string): ReadonlySet<string> =>
  new Set(
    Array.from(segmenter.segment(text.toLowerCase()))
      .filter(({ isWordLike }) => isWordLike)
      .map(({ segment }) => segment),
  );
