import { foldForComparison } from '../transcript/text.ts';
import type { Language } from './due/language.ts';
import { LANGUAGES } from './due/languages/index.ts';
import { matchPhrase } from './due/match-phrase.ts';

/**
 * The day (`YYYY-MM-DD`) that a due date spoken on `meetingDate` refers to: "next Friday", "by Friday, March 6",
 * "end of the month", "下周五". Null unless the whole phrase means one day to everybody: "soon", "next week", "after the
 * launch". Without a meeting date, only a date with its year has a day.
 *
 * @param dueText as spoken
 * @param meetingDate ISO date
 * @param language ISO 639-1; English, Chinese and Japanese are tried too, for meetings in several languages
 */
export function resolveDue(
  dueText: string | null,
  meetingDate: string | null,
  language: string | null,
): string | null {
  if (dueText === null || dueText.length > LONGEST_PHRASE) return null;
  const phrase = foldForComparison(dueText);
  const today = meetingDate === null ? NaN : Date.parse(`${meetingDate}T00:00:00Z`) / DAY_MS;
  // "3日" is a day of the month in Chinese and may be three days in Japanese.
  const others = language === 'ja' ? ['en'] : ['en', 'zh', 'ja'];
  for (const spoken of new Set([language ?? 'en', ...others])) {
    const words: Language | undefined = LANGUAGES[spoken];
    const day = words === undefined ? null : matchPhrase(phrase, words, today);
    if (day === null) continue;
    return Math.abs(day - today) > FARTHEST_DAYS
      ? null
      : new Date(day * DAY_MS).toISOString().slice(0, 10);
  }
  return null;
}

const DAY_MS = 86_400_000;
/** Characters: longer words are a sentence, not a date. */
const LONGEST_PHRASE = 80;
/** Five years: a day further away is a slip of the tongue or of the recogniser. */
const FARTHEST_DAYS = 5 * 366;
