import type { Language } from '../language.ts';

const WEEK = '(?:周|週|星期|礼拜|禮拜)';
const THIS = '(?:(?:这|這|本)[个個]?)';
const WITHIN_OR_AFTER = '(?:之?[内內后後]|以[内內后後])';
const MONTH = '(?:{mm}|{month})月';

export const zh: Language = {
  weekStarts: [0],
  spaced: false,
  weekdays: '一, 二, 三, 四, 五, 六, 日|天',
  weekdayBeside: `${WEEK}{weekday}`,
  months: '一, 二, 三, 四, 五, 六, 七, 八, 九, 十, 十一, 十二',
  numbers:
    '一, 二|两|兩, 三, 四, 五, 六, 七, 八, 九, 十, 十一, 十二, 十三, 十四, 十五, 十六, 十七, 十八, 十九, 二十, 二十一, 二十二, 二十三, 二十四, 二十五, 二十六, 二十七, 二十八, 二十九, 三十, 三十一',
  before: '在|于|於|到|截止到?|截至|最迟|最遲|最晚|不晚于',
  after: String.raw`早上|上午|中午|下午|傍晚|晚上|下班|之?前|以前|为止|為止|(?:\d{1,2}|十?[一二两三四五六七八九十])[点點](?:半|钟)?`,
  phrases: {
    today: '今晚|今[天日](?:之?[内內]|以[内內])?|下班前',
    tomorrow: '明[早晚]|明[天日](?:之?[内內]|以[内內])?',
    inTwoDays: '[后後]天',
    inThreeDays: '大[后後]天',
    inDays: `{count}[天日]${WITHIN_OR_AFTER}`,
    inWeeks: `{count}[个個]?${WEEK}${WITHIN_OR_AFTER}`,
    inMonths: `{count}[个個]月${WITHIN_OR_AFTER}`,
    weekday: `${WEEK}{weekday}`,
    weekdayOfThisWeek: `${THIS}${WEEK}的?{weekday}`,
    weekdayOfNextWeek: `下[个個]?${WEEK}的?(?:${WEEK})?{weekday}`,
    weekdayOfWeekAfterNext: `下下[个個]?${WEEK}{weekday}`,
    date: `(?:{year}年)?${MONTH}{day}[日号號]?`,
    dateInThisYear: `今年${MONTH}{day}[日号號]?`,
    dateInNextYear: `明年${MONTH}{day}[日号號]?`,
    dayOfMonth: '{day}[日号號]',
    dayOfThisMonth: `${THIS}月{day}[日号號]?`,
    dayOfNextMonth: '下[个個]?月{day}[日号號]?',
    endOfMonth: `${THIS}?月[底末内內]`,
    endOfNextMonth: '下[个個]?月[底末]',
    endOfNamedMonth: `(?:{year}年)?${MONTH}[底末]`,
    endOfQuarter: `${THIS}?季度?[底末]`,
    endOfNextQuarter: '下[个個]?季度?[底末]',
    endOfYear: '(?:今年|本)?年[底末内內]',
    endOfNextYear: '明年年?[底末]',
  },
};
