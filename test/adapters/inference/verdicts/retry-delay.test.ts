import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readErrorMessage } from '../../../../adapters/inference/verdicts/error-message.ts';
import { retryDelayMs } from '../../../../adapters/inference/verdicts/retry-delay.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

const delay = (
  status: number,
  headers: Record<string, string>,
  body: unknown = '',
): number | null =>
  retryDelayMs(
    { status, headers, message: readErrorMessage(Buffer.from(JSON.stringify(body))) },
    NOW,
  );

test.each<[string, number, Record<string, string>, unknown, number | null]>([
  ['Retry-After in seconds', 429, { 'retry-after': '7' }, '', 7000],
  ['Retry-After as a date', 503, { 'retry-after': 'Mon, 23 Nov 2026 12:00:09 GMT' }, '', 9000],
  ['Retry-After in the past', 429, { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, '', 0],
  ['an hour', 429, { 'retry-after': '3600' }, '', 300_000],
  ['Retry-After on another status', 500, { 'retry-after': '7' }, '', null],
  ['Retry-After on a success', 200, { 'retry-after': '2' }, '', null],
  ['nonsense', 429, { 'retry-after': 'soon' }, '', null],
  ['a negative number', 429, { 'retry-after': '-3' }, '', null],
  ['RateLimit', 429, { ratelimit: '"api";r=0;t=55' }, '', 55_000],
  ['several policies', 429, { ratelimit: '"a";r=4;t=200, "b";r=0;t=5' }, '', 5000],
  [
    'RateLimit beside Retry-After',
    429,
    { ratelimit: '"api";r=0;t=55', 'retry-after': '3' },
    '',
    3000,
  ],
  ['RateLimit on 503', 503, { ratelimit: '"api";r=0;t=55' }, '', null],
  ['x-ratelimit-reset in seconds', 429, { 'x-ratelimit-reset-requests': '1.5' }, '', 1500],
  ['x-ratelimit-reset in words', 429, { 'x-ratelimit-reset-tokens': '2m59.56s' }, '', 179_560],
  [
    'the quota that is spent',
    429,
    {
      'x-ratelimit-reset-requests': '120s',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-tokens': '1s',
      'x-ratelimit-remaining-tokens': '12',
    },
    '',
    120_000,
  ],
  [
    'the soonest where none is known to be spent',
    429,
    { 'x-ratelimit-reset-requests-day': '50000', 'x-ratelimit-reset-tokens-minute': '12' },
    '',
    12_000,
  ],
  ['a reset since 1970', 429, { 'ratelimit-reset': String(NOW.getTime() / 1000 + 20) }, '', 20_000],
  [
    'a reset since 1970 in milliseconds',
    429,
    { 'x-ratelimit-reset': String(NOW.getTime() + 20_000) },
    '',
    20_000,
  ],
  ['a reset as a date', 429, { 'x-ratelimit-reset': '2026-11-23T12:00:07.5Z' }, '', 7500],
  [
    'a quota of which nothing says that it is spent',
    429,
    { 'x-ratelimit-reset-requests': '9s', 'x-ratelimit-remaining-requests': '' },
    '',
    9000,
  ],
  [
    'each source before the next: Retry-After',
    429,
    { 'retry-after': '1', ratelimit: 'r=0;t=2', 'x-ratelimit-reset': '3' },
    { error: 'try again in 4s', estimated_time: 5 },
    1000,
  ],
  [
    'each source before the next: RateLimit',
    429,
    { ratelimit: 'r=0;t=2', 'x-ratelimit-reset': '3' },
    { error: 'try again in 4s', estimated_time: 5 },
    2000,
  ],
  [
    'each source before the next: x-ratelimit-reset',
    429,
    { 'x-ratelimit-reset': '3' },
    { error: 'try again in 4s', estimated_time: 5 },
    3000,
  ],
  [
    'each source before the next: the message',
    429,
    {},
    { error: 'try again in 4s', estimated_time: 5 },
    4000,
  ],
  ['more digits than a number holds', 429, { 'retry-after': '9'.repeat(400) }, '', 300_000],
  ['a header that is too long to be one', 429, { 'retry-after': '9'.repeat(600) }, '', null],
  ['a negative estimated_time', 503, {}, { error: 'loading', estimated_time: -7 }, 1000],
  ['the message', 429, {}, { error: { message: 'Limit. Please try again in 5.289s. Bye' } }, 5289],
  [
    'the message in minutes',
    429,
    {},
    { error: { message: 'Please try again in 1m2.5s.' } },
    62_500,
  ],
  ['the message in milliseconds', 429, {}, { error: 'try again in 120ms' }, 120],
  ['estimated_time', 503, {}, { error: 'loading', estimated_time: 20.5 }, 20_500],
  ['estimated_time of nothing', 503, {}, { error: 'loading', estimated_time: 0 }, 1000],
  ['silence', 429, {}, { error: 'slow down' }, null],
])('%s', (_, status, headers, body, expected) => {
  expect(delay(status, headers, body)).toBe(expected);
});

test('whatever is asked lies between nothing and 300 s', () => {
  const header = fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String));
  fc.assert(
    fc.property(
      fc.record({
        'retry-after': header,
        ratelimit: fc.oneof(
          header,
          fc.nat().map((t) => `"a";r=0;t=${t}`),
        ),
        'x-ratelimit-reset-requests': header,
      }),
      fc.record({ error: fc.string(), estimated_time: fc.double() }),
      (headers, body) => {
        const wait = delay(429, headers, body);
        expect(wait === null || (wait >= 0 && wait <= 300_000)).toBe(true);
      },
    ),
  );
});

test('headers and messages that are made to be slow to read are not', () => {
  const long = '1'.repeat(16_000);
  const started = performance.now();
  for (const text of [long, `${long}m`.repeat(3), ' '.repeat(16_000), '1m '.repeat(5000)]) {
    const headers = { 'retry-after': text, ratelimit: text, 'x-ratelimit-reset': text };
    delay(429, headers, { error: `try again in ${text}` });
  }
  expect(performance.now() - started).toBeLessThan(1000);
});
