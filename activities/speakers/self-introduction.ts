import { foldForComparison, isUnspaced } from '../transcript/text.ts';

interface Introduction {
  /** As it was given. */
  readonly person: string;
  /** "I am Ann", as the sentence has it. */
  readonly words: string;
}

/**
 * Who says in a sentence that it is them: "I am Ann", "This is Ann speaking", "我叫林小红". Only at its beginning, after a
 * greeting at most, and only one of the `persons`: by the full name, or by one word of it that nobody else has. Null: nobody, or it is
 * not sure.
 */
export function findIntroduction(text: string, persons: readonly string[]): Introduction | null {
  const sentence = foldForComparison(text);
  if (/[?？]/u.test(sentence)) return null;
  for (const pattern of [BEGINS, ENDS]) {
    const opening = pattern.exec(sentence);
    if (opening === null) continue;
    const from = opening[0].length;
    const rest = sentence.slice(from);
    const ending = pattern === ENDS ? ENDING : null;
    const found = named(rest, persons, ending);
    if (found === null) continue;
    const start = from - (opening[1] ?? '').length;
    return { person: found.person, words: sentence.slice(start, from + found.length).trim() };
  }
  return null;
}

/**
 * The only person whom these words name: by the full name, else by one word of it. In Chinese a given name is the end of
 * the full name. Null: nobody, or several.
 */
export function personNamed(name: string, persons: readonly string[]): string | null {
  const said = comparable(name);
  const full = persons.filter((person) => comparable(person) === said);
  const partial = persons.filter((person) => formsOf(person).map(comparable).includes(said));
  return only(full) ?? (full.length === 0 ? only(partial) : null);
}

/** Whether a text has the person's name, or a word of it. */
export const saysName = (text: string, person: string): boolean => {
  const words = foldForComparison(text).toLowerCase();
  return formsOf(person)
    .map(comparable)
    .some((form) =>
      isUnspaced(form) ? words.includes(form) : wordsOf(words).includes(` ${form} `),
    );
};

const wordsOf = (text: string): string =>
  ` ${text
    .replace(/['’]s(?!\p{L})/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N}’'-]+/gu, ' ')
    .trim()} `;

const comparable = (name: string): string => foldForComparison(name).toLowerCase();

const only = <T>(found: readonly T[]): T | null =>
  found.length === 1 && found[0] !== undefined ? found[0] : null;

/** The full name first. A family name of one sign names nobody: "王". */
function formsOf(person: string): string[] {
  const full = foldForComparison(person);
  const words = full.split(' ').filter((word) => /^\p{L}[\p{L}\p{M}’'-]+$/u.test(word));
  const given = /^\p{sc=Han}{3,4}$/u.test(full) ? [full.slice(-2)] : [];
  return [...new Set([full, ...words, ...given])].filter((form) => form.length > 1);
}

/** Who is named where `rest` begins, and how many characters the name has. */
function named(
  rest: string,
  persons: readonly string[],
  ending: RegExp | null,
): { readonly person: string; readonly length: number } | null {
  const found = persons.flatMap((person) => {
    const form = formsOf(person)
      .sort((a, b) => b.length - a.length)
      .find((name) => rest.startsWith(name) && endsAfter(rest.slice(name.length), name));
    return form === undefined ? [] : [{ person, length: form.length }];
  });
  const longest = Math.max(...found.map(({ length }) => length));
  const one = only(found.filter(({ length }) => length === longest));
  if (one === null) return null;
  if (ending === null) return one;
  const [end] = ending.exec(rest.slice(one.length)) ?? [];
  return end === undefined ? null : { person: one.person, length: one.length + end.length };
}

/** What follows is neither more of a name nor somebody who belongs to that person: "Ann Other", "Ann's", "王芳的". */
const endsAfter = (after: string, name: string): boolean =>
  isUnspaced(name)
    ? /^(?:$|[^\p{L}\p{M}\p{N}]|[，来來负負今])/u.test(after) && !/^\s*[的和跟与與]/u.test(after)
    : !/^(?:[\p{L}\p{M}\p{N}]|['’-]\p{L}| (?!I\b)\p{Lu}|,? (?:and|or|und|et|y)\b (?:\p{Lu}\p{L}+ ?)+['’]s?)/u.test(
        after,
      );

const GREETING = String.raw`(?:(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|welcome|thanks|thank you|yes|okay|well|so|and|everyone|everybody|all|there|guten (?:morgen|tag)|hallo|bonjour|à tous|hola|buenos días|buenas tardes)[\s,.!:—–-]+)|(?:(?:大家|各位|你们|你們)?(?:早上|上午|下午|晚上)?好|各位)[\s，,。！!、]*){0,4}`;

const BEGINS = new RegExp(
  `^${GREETING}((?:I am|I['’]m|my name is|my name['’]s|ich bin|ich heiße|ich heisse|mein Name ist|hier spricht|je suis|je m['’]appelle|mon nom est|(?:yo )?soy|me llamo|mi nombre es)\\s+|(?:我的名字(?:是|叫)|我(?:是|叫))(?:\\p{sc=Han}{1,8}(?:部|组|組|公司|中心|团队|團隊|处|處|科)的)?\\s*)`,
  'iu',
);
/** The name stands between both: a colleague is presented in the same words without the end. */
const ENDS = new RegExp(`^${GREETING}((?:this is|it['’]s)\\s+)`, 'iu');
const ENDING = /^,? (?:speaking|here)\b/iu;
