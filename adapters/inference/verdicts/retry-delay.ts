import type { ErrorMessage } from './error-message.ts';

/** The longest wait that is accepted: 5 minutes. */
export const LONGEST_WAIT_MS = 300_000;

/**
 * The wait that the answer asks for, in milliseconds from `now`, within [0, 300 s]; null: none. The first source with
 * a value is used. `Retry-After` counts on 429 and 503 only (Together sends it with every answer), quotas on 429 only
 * (Groq sends them with every answer).
 */
export function retryDelayMs(
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly message: ErrorMessage;
  },
  now: Date,
): number | null {
  const { status, message } = answer;
  const headers = withoutLong(answer.headers);
  const seconds =
    (status === 429 || status === 503 ? retryAfter(headers['retry-after'], now) : null) ??
    (status === 429 ? (rateLimit(headers['ratelimit']) ?? quotaReset(headers, now)) : null) ??
    tryAgainIn(message.text) ??
    atLeastASecond(message.estimatedTimeSeconds);
  return seconds === null || Number.isNaN(seconds)
    ? null
    : Math.min(Math.max(Math.ceil(seconds * 1000), 0), LONGEST_WAIT_MS);
}

/** Headers with a time are short; do not spend time on long ones. */
const withoutLong = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value.length <= LONGEST_HEADER));

/** Enough for several policies in the IETF's format. */
const LONGEST_HEADER = 512;

/** RFC 9110: seconds, or a date. */
function retryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return Number(value);
  // `Date.parse` accepts many strings; an HTTP date begins with the name of the day.
  const date = /^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : (date - now.getTime()) / 1000;
}

/** IETF `RateLimit: "api";r=0;t=55`, policies separated by commas; the ones that are used up count. */
function rateLimit(value: string | undefined): number | null {
  const policies = (value ?? '').split(',').flatMap((text) => {
    const reset = /(?:^|[;\s])t=(\d+)/.exec(text)?.[1];
    const left = /(?:^|[;\s])r=(\d+)/.exec(text)?.[1];
    return reset === undefined ? [] : [{ seconds: Number(reset), spent: left === '0' }];
  });
  return waitOf(policies);
}

/** `x-ratelimit-reset-{requests,tokens,…}` and `ratelimit-reset`, with the `…-remaining-…` of the same quota. */
function quotaReset(headers: Readonly<Record<string, string>>, now: Date): number | null {
  const quotas = Object.entries(headers).flatMap(([name, value]) => {
    if (!/^(?:x-)?ratelimit-reset(?:-|$)/.test(name)) return [];
    const seconds = durationSeconds(value, now);
    const left = headers[name.replace('-reset', '-remaining')]?.trim();
    const spent = left !== undefined && left !== '' && Number(left) <= 0;
    return seconds === null ? [] : [{ seconds, spent }];
  });
  return waitOf(quotas);
}

/** All spent quotas must refill. If none is spent, the shortest wait: one that is too short leads to another retry. */
function waitOf(
  quotas: readonly { readonly seconds: number; readonly spent: boolean }[],
): number | null {
  if (quotas.length === 0) return null;
  const spent = quotas.filter((quota) => quota.spent).map((quota) => quota.seconds);
  return spent.length > 0 ? Math.max(...spent) : Math.min(...quotas.map((quota) => quota.seconds));
}

/** Groq: `Please try again in 5.289s`, `in 1m2.5s`, `in 120ms`. */
function tryAgainIn(text: string): number | null {
  const found = /(?:try again|retry) (?:in|after) ((?:[\d.]+\s*(?:ms|[a-z]+)\s*){1,4})/i.exec(
    text,
  )?.[1];
  return found === undefined ? null : spokenSeconds(found);
}

/** Hugging Face's estimate for a loading model. */
const atLeastASecond = (seconds: number | null): number | null =>
  seconds === null ? null : Math.max(seconds, 1);

/** `12.5` seconds, `2m59.56s`, or the time of the refill: a date, or seconds or milliseconds since 1970. */
function durationSeconds(value: string, now: Date): number | null {
  if (/^\s*\d{4}-\d\d-\d\dT/.test(value)) {
    const date = Date.parse(value.trim());
    return Number.isNaN(date) ? null : (date - now.getTime()) / 1000;
  }
  if (!/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return spokenSeconds(value);
  const number = Number(value);
  const seconds = number > MILLISECOND_OF_2001 ? number / 1000 : number;
  return seconds > SECOND_OF_2001 ? seconds - now.getTime() / 1000 : seconds;
}

const SECOND_OF_2001 = 1_000_000_000;
const MILLISECOND_OF_2001 = 1_000_000_000_000;

function spokenSeconds(text: string): number | null {
  let seconds: number | null = null;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[dhms])/gi)) {
    const factor = SECONDS_OF[unit?.toLowerCase() ?? ''];
    if (factor !== undefined) seconds = (seconds ?? 0) + Number(amount) * factor;
  }
  return seconds;
}

const SECONDS_OF: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
