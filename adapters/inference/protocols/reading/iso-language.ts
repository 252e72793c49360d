/** ISO 639-1 code of an engine's name for a language (`en`, `zh-CN`, `english`); null: unknown. */
export function toIsoLanguage(engineName: string | null): string | null {
  const name = engineName?.trim().toLowerCase() ?? '';
  const code = ALIASES.get(name) ?? byEnglishName().get(name) ?? languageOfTag(name);
  return code !== null && /^[a-z]{2}$/.test(code) ? code : null;
}

/** Whether Whisper, and so the models that transcribe, know a language (ISO 639-1). */
export const isTranscribed = (code: string): boolean => CODES.includes(code);

/** The code by which engines know a language (ISO 639-1): Whisper calls Javanese by a code that was withdrawn. */
export const toEngineLanguage = (code: string | null): string | null =>
  code === 'jv' ? 'jw' : code;

function languageOfTag(tag: string): string | null {
  try {
    return new Intl.Locale(tag).language;
  } catch {
    return null;
  }
}

let englishNames: ReadonlyMap<string, string> | undefined;

function byEnglishName(): ReadonlyMap<string, string> {
  if (englishNames === undefined) {
    const names = new Intl.DisplayNames('en', { type: 'language' });
    englishNames = new Map(CODES.map((code) => [names.of(code)?.toLowerCase() ?? code, code]));
  }
  return englishNames;
}

/** The languages Whisper knows (openai/whisper, tokenizer.py) that have a code in ISO 639-1. */
const CODES = (
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml ' +
  'cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am ' +
  'yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt ln ha ba jv su'
).split(' ');

/** Names and codes of Whisper that differ from Unicode's, or that have no two-letter code of their own. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mandarin: 'zh',
    cantonese: 'zh',
    yue: 'zh',
    nb: 'no',
    nynorsk: 'nn',
    myanmar: 'my',
    haitian: 'ht',
    letzeburgesch: 'lb',
    panjabi: 'pa',
    pushto: 'ps',
    sinhalese: 'si',
    moldavian: 'ro',
    moldovan: 'ro',
    flemish: 'nl',
    castilian: 'es',
    valencian: 'ca',
    tagalog: 'tl',
    // Unicode replaces Tagalog by Filipino.
    tl: 'tl',
    fil: 'tl',
    filipino: 'tl',
    bengali: 'bn',
    kirghiz: 'ky',
  }),
);
