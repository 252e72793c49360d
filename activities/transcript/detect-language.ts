import { eld } from 'eld/small';
import { hanLanguage } from './han-language.ts';

/**
 * The language of a text (ISO 639-1); null where the text is too short, mixed, or like several languages. The script
 * speaks first: most scripts belong to one language, and the detector takes Chinese with some English words for
 * English. Deterministic.
 */
export function detectLanguage(text: string): string | null {
  const spoken = text.replace(ADDRESS, ' ');
  const characters = spoken.match(CHARACTER) ?? [];
  const words = wordsOf(spoken.replace(CHARACTER, ' '));
  // A word of Chinese or Japanese has two characters on average.
  const foreign = characters.length / 2;
  if (foreign > words.length) return characterLanguage(characters.join(''), words.length > 0);
  if (words.length < foreign * MATRIX) return null;
  return scriptLanguage(words) ?? letterLanguage(words, foreign > 0);
}

/**
 * How much a text is like the language that it is most like, from 0 to 1: what people say has about 0.8, in each of 31
 * languages of the detector, and speech of one language in the letters of another has less. Null where nothing can be
 * said: in Chinese, Japanese and Korean, and of a text that is like no language at all, as one word said over and over.
 */
export function likeness(text: string): number | null {
  // Vietnamese with its accents apart is like no language.
  const whole = text.normalize('NFC');
  if (whole.search(CHARACTER) !== -1) return null;
  const scores = eld.detect((whole.match(WORD) ?? []).join(' ')).getScores();
  return Object.values(scores).reduce((most, one) => Math.max(most, one), 0) || null;
}

/** Without names, which say nothing about the language around them: the detector takes lists of them for Norwegian. */
function wordsOf(text: string): readonly string[] {
  const plain = (text.match(WORD) ?? []).filter((word) => !NAME.test(word));
  // A list of names has few other words; in a sentence the first word has a capital, whatever it is.
  return plain.length < SENTENCE_WORDS
    ? plain
    : (text.replace(FIRST_WORD, (word) => word.toLowerCase()).match(WORD) ?? []).filter(
        (word) => !NAME.test(word),
      );
}

/** @param isMixed with words of another script */
function characterLanguage(characters: string, isMixed: boolean): string | null {
  const shares = (script: RegExp): boolean =>
    (characters.match(script)?.length ?? 0) * 10 >= characters.length;
  if (characters.length < MIN_CHARACTERS) return null;
  if (shares(/\p{sc=Hangul}/gu)) return 'ko';
  const kanji = hanLanguage(characters);
  if (shares(KANA)) return kanji === 'zh' ? null : 'ja';
  if (characters.length < MIN_HAN) return null;
  // "go to 上海浦东国际机场" is a name in an English sentence.
  return kanji === 'zh' && isMixed && !GRAMMAR.test(characters) ? null : kanji;
}

/** By the script alone: what most of the words are written in, where one language only is written so. */
function scriptLanguage(words: readonly string[]): string | null {
  const letters = words.join('').length;
  for (const [language, script] of SCRIPTS) {
    const own = words.filter((word) => script.test(word)).join('').length;
    if (own >= MIN_SCRIPT && own * 2 > letters) return language;
  }
  return null;
}

/** By the detector, for Latin, Cyrillic, Arabic and other scripts that several languages share. */
function letterLanguage(words: readonly string[], isMixed: boolean): string | null {
  const letters = words.join('').length;
  if (letters < (isMixed ? 2 : 1) * MIN_LETTERS) return null;
  const scores = Object.entries(eld.detect(words.join(' ')).getScores());
  const [first, second = ['', 0]] = scores.filter(([language]) => canBeWrittenIn(language, words));
  // The detector's own `isReliable` asks for less of the first language, and does not look at the second one.
  if (first === undefined || first[1] < LEAST_SCORE) return null;
  const areSiblings = SCANDINAVIAN.has(first[0]) && SCANDINAVIAN.has(second[0]);
  const needed = letters >= LONG_LETTERS ? LONG_LEAD : areSiblings ? SIBLING_LEAD : LEAD;
  return first[1] - second[1] >= needed ? first[0] : null;
}

/** Whether the language has the letters of all words, but for a foreign name among many. */
function canBeWrittenIn(language: string, words: readonly string[]): boolean {
  const alphabet = ALPHABETS[language];
  return (
    alphabet === undefined ||
    words.filter((word) => !alphabet.test(word)).length * 10 <= words.length
  );
}

/** Of languages that the detector takes for each other. */
const ALPHABETS: Readonly<Record<string, RegExp>> = {
  be: /^[абвгдеёжзійклмнопрстуўфхцчшыьэюя]+$/iu,
  bg: /^[абвгдежзийклмнопрстуфхцчшщъьюя]+$/iu,
  ru: /^[абвгдеёжзийклмнопрстуфхцчшщъыьэюя]+$/iu,
  sr: /^[абвгдђежзијклљмнњопрстћуфхцчџш]+$/iu,
  uk: /^[абвгґдеєжзиіїйклмнопрстуфхцчшщьюя]+$/iu,
};

const ADDRESS = /\S+:\/\/\S+|\S+@\S+/gu;
const CHARACTER = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;
const KANA = /[\p{sc=Hiragana}\p{sc=Katakana}]/gu;
const WORD = /[\p{L}\p{M}]+/gu;
const NAME = /^\p{Lu}(?!\p{Lu})/u;
const FIRST_WORD = /(?:^|[.!?¿¡…]\s*)\p{Lu}(?!\p{Lu})/gu;
const SENTENCE_WORDS = 3;

/** Pronouns, particles and other characters that hold a Chinese sentence together, in both ways of writing. */
const GRAMMAR =
  /[的了是我你您他她它们們这這那个個就要把和跟不没沒有到在吗嗎呢吧得也都还還再会會请請]/u;

const SCRIPTS: readonly (readonly [language: string, script: RegExp])[] = [
  ['el', /\p{sc=Greek}/u],
  ['he', /\p{sc=Hebrew}/u],
  ['th', /\p{sc=Thai}/u],
  ['ka', /\p{sc=Georgian}/u],
  ['hy', /\p{sc=Armenian}/u],
  ['ta', /\p{sc=Tamil}/u],
  ['te', /\p{sc=Telugu}/u],
  ['kn', /\p{sc=Kannada}/u],
  ['ml', /\p{sc=Malayalam}/u],
  ['gu', /\p{sc=Gujarati}/u],
  ['pa', /\p{sc=Gurmukhi}/u],
  ['si', /\p{sc=Sinhala}/u],
  ['km', /\p{sc=Khmer}/u],
  ['lo', /\p{sc=Lao}/u],
  ['my', /\p{sc=Myanmar}/u],
];

/** So many times as many words as foreign ones make a sentence in which the foreign ones are names. */
const MATRIX = 1.5;
/** Two syllables of Korean or Japanese are a word; so short a Chinese text may be a name. */
const MIN_CHARACTERS = 2;
const MIN_HAN = 4;
const MIN_SCRIPT = 3;
/** With fewer letters the detector was seen to report "Ja, gerne" as Danish. */
const MIN_LETTERS = 12;
/**
 * Of the detector's scores from 0 to 1, measured on parts of sentences in 30 languages: how much the best one has, and
 * its lead over the second one. Gibberish and names have less.
 */
const LEAST_SCORE = 0.72;
const LEAD = 0.015;
const LONG_LEAD = 0.005;
const LONG_LETTERS = 50;
/** Half of the words of Danish are Norwegian too. */
const SIBLING_LEAD = 0.05;
const SCANDINAVIAN: ReadonlySet<string> = new Set(['da', 'no']);
