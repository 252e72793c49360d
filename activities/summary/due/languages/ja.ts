import type { Language } from '../language.ts';
import { zh } from './zh.ts';

const MONTH = '(?:{mm}|{month})月';

export const ja: Language = {
  weekStarts: [0, 6],
  spaced: false,
  weekdays: '月, 火, 水, 木, 金, 土, 日',
  weekdayBeside: '{weekday}(?:曜日?)?',
  months: zh.months,
  numbers: zh.numbers,
  before: '遅くとも|必ず',
  after: String.raw`の|まで|迄|に|は|中|朝一?|昼|夕方|夜|午前|午後|正午|いっぱい|締め?切り?|必着|\d{1,2}時(?:半)?`,
  phrases: {
    today: '今日|本日|今晩|今夜',
    tomorrow: '明日|あした|あす|明朝|明晩',
    inTwoDays: '明後日|あさって',
    inThreeDays: '明[々明]後日',
    inDays: '{count}日間?(?:後|以内)',
    inWeeks: '{count}週間(?:後|以内)',
    inMonths: '{count}[ヶケかカヵ箇]月(?:後|以内)',
    weekday: '{weekday}曜日?',
    nextWeekday: '(?:次|今度)の{weekday}曜日?',
    weekdayOfThisWeek: '今週の?{weekday}曜日?',
    weekdayOfNextWeek: '来週の?{weekday}曜日?',
    weekdayOfWeekAfterNext: '再来週の?{weekday}曜日?',
    date: `(?:{year}年)?${MONTH}{day}日`,
    dateInThisYear: `今年の?${MONTH}{day}日`,
    dateInNextYear: `来年の?${MONTH}{day}日`,
    dayOfMonth: '{day}日(?:まで|迄)',
    dayOfThisMonth: '今月の?{day}日',
    dayOfNextMonth: '来月の?{day}日',
    endOfMonth: '今?月末|今月(?:中|いっぱい)',
    endOfNextMonth: '来月(?:末|中|いっぱい)',
    endOfNamedMonth: `(?:{year}年)?${MONTH}末`,
    endOfQuarter: '今?四半期末',
    endOfYear: '今?年末|年内|今年(?:中|いっぱい)',
    endOfNextYear: '来年末',
  },
};
