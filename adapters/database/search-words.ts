/**
 * What the search compares, of texts and of queries alike. Words between spaces stand as they are; in scripts without
 * spaces, and in Korean, whose words grow endings, every two neighbouring characters are a word: 报价 is found inside
 * 提交新的报价方案. Computed here, so that it depends on no extension and no locale of the database.
 */

/** All words of a text, each once. Those behind a total of `MOST_BYTES` are left out; `leftOut` says how many. */
export function searchWords(text: string): { words: string[]; leftOut: number } {
  const all = new Set<string>();
  for (const run of runsOf(text)) {
    for (const word of run.isUnspaced ? pairsOf(run.text) : [run.text]) all.add(word);
  }
  const words: string[] = [];
  let bytes = 0;
  for (const word of all) {
    bytes += Buffer.byteLength(word);
    if (bytes > MOST_BYTES) break;
    words.push(word);
  }
  return { words, leftOut: all.size - words.length };
}

/**
 * A `tsvector` of PostgreSQL holds 1,048,575 bytes of words, and a title has few. 22,000 characters of Chinese were
 * measured to have 39 kB; as that grows, a day of speech has 0.4 MB, and of English less than 0.1 MB.
 */
const MOST_BYTES = 1_000_000;

/** A query: every term has to be found. Null: it has no letter or digit. */
export interface Search {
  /** In the syntax of `tsquery`. Finds every text that fits, and some that have the pairs of a term in other places. */
  readonly query: string;
  /** Whether the folded text has every term. */
  readonly fits: (texts: readonly string[]) => boolean;
  /** Where the first of the terms begins that the text has; -1: it has none. */
  readonly indexIn: (text: string) => number;
}

export function parseSearch(text: string): Search | null {
  const terms = [...runsOf(text)].map(termOf);
  if (terms.length === 0) return null;
  const indexIn = (line: string): number => {
    const folded = fold(line);
    const places = terms.map(({ pattern }) => folded.search(pattern)).filter((at) => at >= 0);
    return places.length === 0 ? -1 : Math.min(...places);
  };
  return {
    query: [...new Set(terms.flatMap(({ words }) => words))].join(' & '),
    fits: (texts) => {
      const folded = texts.map(fold);
      return terms.every(({ pattern }) => folded.some((one) => pattern.test(one)));
    },
    indexIn,
  };
}

interface Term {
  /** For `tsquery`. They have letters, digits and marks only: there is nothing to escape. */
  readonly words: readonly string[];
  readonly pattern: RegExp;
}

/** Longer words are found by their beginnings, which finds plurals, endings and the compounds that begin so. */
function termOf({ text, isUnspaced }: Run): Term {
  const characters = Array.from(text);
  if (isUnspaced) {
    return {
      words: characters.length === 1 ? [`'${text}':*`] : pairs(characters).map((one) => `'${one}'`),
      pattern: new RegExp(text, 'u'),
    };
  }
  const isBeginning = characters.length >= 3 && !/^\p{N}+$/u.test(text);
  const edge = String.raw`[\p{L}\p{N}\p{M}]`;
  return {
    words: [isBeginning ? `'${text}':*` : `'${text}'`],
    pattern: new RegExp(`(?<!${SPACED})${text}${isBeginning ? '' : `(?!${edge})`}`, 'u'),
  };
}

interface Run {
  readonly text: string;
  readonly isUnspaced: boolean;
}

/** The words of spaced scripts, and the runs of characters of the others. */
function* runsOf(text: string): Generator<Run> {
  for (const [run, unspaced] of fold(text).matchAll(RUN)) {
    yield { text: unspaced ?? run.slice(0, LONGEST_WORD), isUnspaced: unspaced !== undefined };
  }
}

/** Every two neighbours, and the last character alone: each character begins a word. */
const pairsOf = (run: string): string[] => {
  const characters = Array.from(run);
  return [...pairs(characters), characters.at(-1) ?? ''];
};

const pairs = (characters: readonly string[]): string[] =>
  characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);

const UNSPACED_SCRIPTS = [
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
]
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('');
const SPACED = String.raw`(?![${UNSPACED_SCRIPTS}])[\p{L}\p{N}\p{M}]`;
const RUN = new RegExp(
  String.raw`((?:(?=[\p{L}\p{N}\p{M}])[${UNSPACED_SCRIPTS}])+)|(?:${SPACED})+`,
  'gu',
);

/** PostgreSQL takes words of up to 2,046 bytes. */
const LONGEST_WORD = 100;

/** Without case, width and accents: "Müller" is found as "muller", "ＡＰＩ" as "api". */
const fold = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/gu, '')
    .normalize('NFC');
