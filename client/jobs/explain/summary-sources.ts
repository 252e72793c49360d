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
  const statements = withWords(from.statements, wordsOf);
  const segments = withWords(from.segments, wordsOf);
  const weightOf = createWeights(segments.length > 0 ? segments : statements);
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

interface SourceWords {
  readonly id: string;
  readonly words: Words;
}

const withWords = (sources: readonly Source[], wordsOf: WordsOf): SourceWords[] =>
  sources.map(({ id, text }) => ({ id, words: wordsOf(text) }));

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
function createWeights(sources: readonly SourceWords[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const { words } of sources)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const whole = sources.length + 1;
  return (word) =>
    (SHORT.test(word) ? 0.25 : 1) * Math.log(1 + whole / (1 + (counts.get(word) ?? 0)));
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
  sources: readonly SourceWords[],
  weightOf: (word: string) => number,
): string[] {
  const weight = (some: Iterable<string>): number =>
    [...some].reduce((sum, word) => sum + weightOf(word), 0);
  const whole = weight(words);
  if (whole === 0) return [];
  const left = new Set(words);
  const chosen: SourceWords[] = [];
  while (chosen.length < MOST_SOURCES) {
    const added = sources.map((source) => ({
      source,
      share: weight([...left].filter((word) => source.words.has(word))) / whole,
    }));
    const best = added.reduce<(typeof added)[number] | null>(
      (most, one) => (one.share > (most?.share ?? 0) ? one : most),
      null,
    );
    if (best === null || best.share < LEAST_ADDED) break;
    chosen.push(best.source);
    for (const word of best.source.words) left.delete(word);
  }
  const shared = words.size - left.size;
  const isBorne =
    1 - weight(left) / whole >= LEAST_SHARE &&
    shared >= Math.min(2, words.size) &&
    ![...left].some(isNumber);
  return isBorne ? sources.filter((source) => chosen.includes(source)).map(({ id }) => id) : [];
}
