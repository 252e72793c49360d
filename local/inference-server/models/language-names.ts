import type { Transcriber } from './transcriber.ts';

const names = new Intl.DisplayNames('en', { type: 'language' });

/** OpenAI's servers name languages in English and lower case: `english`. */
export const toEnglishName = (code: string): string =>
  // Whisper writes Javanese as `jw`, which ISO 639-1 withdrew.
  (names.of(code === 'jw' ? 'jv' : code) ?? code).toLowerCase();

/** The transcriber's code for `en`, `English` or `<|en|>`; null: it does not know the language. */
export function readLanguage(
  text: string,
  transcriber: Pick<Transcriber, 'languages'>,
): string | null {
  const wanted = text.toLowerCase().replace(/^<\|(.+)\|>$/, '$1');
  for (const code of transcriber.languages) {
    if (code === wanted || toEnglishName(code) === wanted) return code;
  }
  return null;
}
