/** What a sentence may be from: a statement of the minutes, or a segment of the transcript. */
interface Source {
  readonly id: string;
  readonly text: string;
}

/** A sentence of a summary, and where its words are from. */
export interface SourcedSentence {
  readonly text: string;
  /** Ids of statements; empty: none has its words. */
  readonly statements: readonly string[];
  /** Ids of segments, where no statement has its words; empty: none has. */
  readonly segments: readonly string[];
}

/**
 * Finds for each sentence of a summary what it is from, by the words that they share: a summary cites nothing itself. A
 * word counts the more, the fewer sources have it. A source, or up to three together, must have half of a sentence's words by
 * their weight, and every number in it. Deterministic.
 *
 * @param language of the summary, ISO 639-1; null: not known
 */
export function sourceSentences(
  summary: string,
  language: string | null,
  from: { readonly statements: readonly Source[]; readonly segments: readonly Source[] },
): SourcedSentence[] {
  const locale = language !== null && /^[a-z]{2}$/.test(language) ? language : 'en';
  const wordsOf = createWordsOf(locale);
  const statements = indexOf(from.statements, wordsOf);
  const segments = indexOf(from.segments, wordsOf);
  const weightOf = createWeights(from.segments.length > 0 ? segments : statements);
  return sentencesIn(summary, locale).map((text) => {
    const words = wordsOf(text);
    const cited = bearing(words, statements, weightOf);
    return {
      text,
      statements: cited,
      segments: cited.length > 0 ? [] : bearing(words, segments, weightOf),
    };
  });
}

function sentencesIn(summary: string, locale: string): string[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
  return summary
    .split(/\n+/u)
    .flatMap((line) => [...segmenter.segment(line)].map(({ segment }) => segment.trim()))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

type Words = ReadonlySet<string>;
type WordsOf = (text: string) => Words;

/** Sources, and by each word the places of those that have it. */
interface Index {
  readonly ids: readonly string[];
  readonly places: ReadonlyMap<string, readonly number[]>;
}

function indexOf(sources: readonly Source[], wordsOf: WordsOf): Index {
  const places = new Map<string, number[]>();
  for (const [place, { text }] of sources.entries()) {
    for (const word of wordsOf(text)) {
      const known = places.get(word);
      if (known === undefined) places.set(word, [place]);
      else known.push(place);
    }
  }
  return { ids: sources.map(({ id }) => id), places };
}

/** The same word in its forms has mostly the same first letters: "launch", "launched". */
const STEM = 5;

function createWordsOf(locale: string): WordsOf {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  return (text) => {
    // "25,000" is "25000".
    const plain = text.normalize('NFKC').replace(/(?<=\d)[,'’](?=\d{3}(?!\d))/gu, '');
    const words = new Set<string>();
    for (const { segment, isWordLike } of segmenter.segment(plain)) {
      const word = segment.toLowerCase();
      if (isWordLike !== true || (word.length < 2 && !isNumber(word))) continue;
      words.add(isNumber(word) ? word : word.slice(0, STEM));
    }
    return words;
  };
}

const isNumber = (word: string): boolean => /\p{N}/u.test(word);

/** How much a word tells: that of every second source hardly anything, and short ones, as "of" and "the", little. */
function createWeights({ ids, places }: Index): (word: string) => number {
  const whole = ids.length + 1;
  return (word) =>
    (SHORT.test(word) ? 0.25 : 1) * Math.log(1 + whole / (1 + (places.get(word)?.length ?? 0)));
}

/** In scripts that write a word in several letters. */
const SHORT =
  /^[\p{L}\p{M}'’]{1,3}$(?<![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]+)/u;

/** Together they bear a sentence; each must add enough to those before. */
const MOST_SOURCES = 3;
const LEAST_SHARE = 0.5;
const LEAST_ADDED = 0.15;

/** The sources that together have a sentence's words, in their own order; empty: they do not. */
function bearing(
  words: Words,
  { ids, places }: Index,
  weightOf: (word: string) => number,
): string[] {
  const weight = (some: Iterable<string>): number =>
    [...some].reduce((sum, word) => sum + weightOf(word), 0);
  const whole = weight(words);
  let left = [...words];
  const chosen: number[] = [];
  while (chosen.length < MOST_SOURCES) {
    const best = heaviest(left, places, weightOf);
    if (best === null || best.weight < LEAST_ADDED * whole) break;
    chosen.push(best.place);
    left = left.filter((word) => !(places.get(word) ?? []).includes(best.place));
  }
  const isBorne =
    chosen.length > 0 &&
    weight(left) <= (1 - LEAST_SHARE) * whole &&
    words.size - left.length >= Math.min(2, words.size) &&
    !left.some(isNumber);
  return isBorne ? chosen.toSorted((a, b) => a - b).flatMap((place) => ids[place] ?? []) : [];
}

/** The source with most of these words by their weight, the first of several; null: none has any. */
function heaviest(
  words: readonly string[],
  places: Index['places'],
  weightOf: (word: string) => number,
): { readonly place: number; readonly weight: number } | null {
  const weights = new Map<number, number>();
  for (const word of words) {
    const weight = weightOf(word);
    for (const place of places.get(word) ?? []) {
      weights.set(place, (weights.get(place) ?? 0) + weight);
    }
  }
  let best = { place: -1, weight: 0 };
  for (const [place, weight] of weights) {
    const isHeavier = weight > best.weight;
    if (isHeavier || (weight === best.weight && place < best.place)) best = { place, weight };
  }
  return best.place === -1 ? null : best;
}
