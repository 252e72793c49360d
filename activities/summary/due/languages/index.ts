import type { Language } from '../language.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { ja } from './ja.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';
import { ru } from './ru.ts';
import { zh } from './zh.ts';

/** By ISO 639-1 code. */
export const LANGUAGES: Readonly<Record<string, Language>> = {
  de,
  en,
  es,
  fr,
  it,
  ja,
  nl,
  pt,
  ru,
  zh,
};
