import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { en, type Messages } from '../messages/en.ts';
import { zh } from '../messages/zh.ts';
import { createFormats, type Formats } from './formats.ts';
import { readSetting, writeSetting } from './settings.ts';

const LANGUAGES = {
  en: { locale: 'en-GB', messages: en },
  zh: { locale: 'zh-CN', messages: zh },
} as const;
export type Language = keyof typeof LANGUAGES;

interface Wording {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  /** Every text of the page. */
  readonly m: Messages;
  /** Days, times, lengths and sizes, as the language writes them. */
  readonly format: Formats;
}

const WordingContext = createContext<Wording | null>(null);

/** The texts and forms of the language that was chosen, or that the browser asks for. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, choose] = useState<Language>(firstLanguage);
  const { locale, messages } = LANGUAGES[language];
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const wording = useMemo<Wording>(
    () => ({
      language,
      setLanguage: (next) => {
        writeSetting('language', next);
        choose(next);
      },
      m: messages,
      format: createFormats(locale, messages),
    }),
    [language, locale, messages],
  );
  return (
    <WordingContext value={wording}>
      <I18nProvider locale={locale}>{children}</I18nProvider>
    </WordingContext>
  );
}

export function useWording(): Wording {
  const wording = useContext(WordingContext);
  if (wording === null) throw new TypeError('useWording takes a LanguageProvider above it');
  return wording;
}

function firstLanguage(): Language {
  const chosen = readSetting('language');
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
