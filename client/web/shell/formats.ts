import type { Messages } from '../messages/en.ts';

export interface Formats {
  /** `2026-03-02` or an ISO time, as a day. */
  readonly day: (iso: string) => string;
  /** An ISO time, with hour and minute. */
  readonly moment: (iso: string) => string;
  /** How long ago an ISO time was, or how long it is until then, such as `3 minutes ago`. */
  readonly ago: (iso: string) => string;
  /** Seconds, such as `1 h 02 min`; below an hour with seconds. */
  readonly length: (seconds: number) => string;
  readonly bytes: (bytes: number) => string;
  readonly number: (value: number) => string;
  /** 0 to 1. A share with losses is never rounded up to all. */
  readonly share: (value: number) => string;
  /** English names and codes of languages, as the language of the page calls them. */
  readonly languageName: (code: string) => string;
  readonly dollars: (value: number) => string;
  readonly list: (members: readonly string[]) => string;
}

export function createFormats(locale: string, m: Messages): Formats {
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const meetingDays = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const languages = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' });
  const distances = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const lists = new Intl.ListFormat(locale, { type: 'unit', style: 'short' });
  const dollars = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: 4,
  });
  const sized = (value: number, unit: string): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
  return {
    day: (iso) =>
      iso.length === 10 ? meetingDays.format(new Date(iso)) : days.format(new Date(iso)),
    moment: (iso) => moments.format(new Date(iso)),
    ago: (iso) => {
      const seconds = (Date.parse(iso) - Date.now()) / 1_000;
      const [size, unit] = UNITS.find(([least]) => Math.abs(seconds) >= least) ?? [1, 'second'];
      return distances.format(Math.round(seconds / size), unit);
    },
    length: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
      if (hours > 0) return m.hoursAndMinutes(hours, minutes);
      return minutes > 0 ? m.minutesAndSeconds(minutes, whole % 60) : m.seconds(whole);
    },
    bytes: (bytes) => {
      if (bytes < 1_000_000) return sized(Math.ceil(bytes / 1_000), 'kilobyte');
      return bytes < 1e9 ? sized(bytes / 1e6, 'megabyte') : sized(bytes / 1e9, 'gigabyte');
    },
    number: (value) => numbers.format(value),
    share: (value) => {
      const percent = value > 0.99999 ? 100 : Math.floor(value * 1_000) / 10;
      return `${numbers.format(percent)}%`;
    },
    languageName: (code) => {
      try {
        return languages.of(code) ?? code;
      } catch {
        return code;
      }
    },
    dollars: (value) => dollars.format(value),
    list: (members) => lists.format(members),
  };
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** Seconds as `0:07`, `12:34` or `1:02:03`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
