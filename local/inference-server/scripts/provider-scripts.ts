import type { FaultRule } from '../faults.ts';

/**
 * What a provider does to one job of the local stack's own targets, how that job ends, and how many calls it is billed
 * at least: a job that is billed more paid for something it did not need.
 */
export interface ProviderScript {
  readonly name: string;
  readonly about: string;
  /** The role whose calls it strikes. */
  readonly role: StruckRole;
  /** The job ends as if nothing had happened. */
  readonly recoverable: boolean;
  readonly rules: readonly FaultRule[];
  /** Calls that the server completes for the job, by role. */
  readonly billed: Readonly<Record<StruckRole, number>>;
  readonly ends: {
    readonly result: 'complete' | 'partial' | 'failed';
    /** `reason` is the type of the failure that ended the target. */
    readonly degradation: null | {
      readonly role: StruckRole;
      readonly level: 'fallback' | 'earlier' | 'simplified' | 'missing';
      readonly reason: string;
    };
    /** Why the recording has a gap; null: it has none. */
    readonly gap: string | null;
    /** The verdict on the picture; null: there is no picture. */
    readonly picture: 'safe' | 'held' | 'blocked' | null;
  };
}

/** For a job without trouble whose recording has three chunks with speech and whose words fit one section. */
export const BASE_CALLS = { transcribe: 3, summarize: 1, illustrate: 1, moderate: 1 } as const;
type StruckRole = keyof typeof BASE_CALLS;
type Rule = Omit<FaultRule, 'role'>;

const withoutTrouble: ProviderScript['ends'] = {
  result: 'complete',
  degradation: null,
  gap: null,
  picture: 'safe',
};

/** A provider that recovers. `wasted`: calls that are billed and whose answers are useless. */
const recoverable = (
  role: StruckRole,
  name: string,
  about: string,
  rules: Rule | readonly Rule[],
  { wasted = 0 } = {},
): ProviderScript => ({
  name,
  about,
  role,
  rules: [rules].flat().map((rule) => ({ role, ...rule })),
  recoverable: true,
  billed: { ...BASE_CALLS, [role]: BASE_CALLS[role] + wasted },
  ends: withoutTrouble,
});

/** A provider that does not recover. `billed` and `ends` are what differs from a job without trouble. */
const unrecoverable = (
  role: StruckRole,
  name: string,
  about: string,
  rules: Rule | readonly Rule[],
  billed: Partial<ProviderScript['billed']>,
  ends: Partial<ProviderScript['ends']>,
): ProviderScript => ({
  ...recoverable(role, name, about, rules),
  recoverable: false,
  billed: { ...BASE_CALLS, ...billed },
  ends: { ...withoutTrouble, ...ends },
});

const degraded = (
  role: StruckRole,
  level: 'simplified' | 'missing',
  reason: string,
): Partial<ProviderScript['ends']> => ({ degradation: { role, level, reason } });

const html = { 'content-type': 'text/html' };
const gatewayPage = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
const repeatedWords = { text: ' Thank you for watching.'.repeat(40) };
const billedAnswer = (body: NonNullable<FaultRule['body']>) => ({
  status: 200,
  billed: true as const,
  body,
});

/** Providers that make us wait, each in its own way. None of this is billed. */
const waiting: readonly ProviderScript[] = [
  recoverable(
    'transcribe',
    'loading-twice',
    'a cold model answers 503 with estimated_time twice, then works',
    {
      nth: 1,
      times: 2,
      status: 503,
      body: { error: 'Model openai/whisper-base is currently loading', estimated_time: 1 },
    },
  ),
  recoverable(
    'transcribe',
    'endpoint-waking',
    'an endpoint wakes up: 503 without a body, then a 503 page of its proxy',
    [
      { nth: 1, status: 503 },
      {
        nth: 2,
        status: 503,
        headers: html,
        body: gatewayPage('503 Service Temporarily Unavailable'),
      },
    ],
  ),
  recoverable('transcribe', 'slow-start', 'the first answer is correct but three seconds late', {
    nth: 1,
    delayMs: 3000,
  }),
  recoverable('transcribe', 'rate-limited-silently', '429 without a time to wait, twice', {
    nth: 1,
    times: 2,
    status: 429,
    body: { error: 'Rate limit reached. Please log in or use a HF access token' },
  }),
  recoverable('transcribe', 'rate-limited-date', '429 with a date in Retry-After', {
    nth: 1,
    status: 429,
    headers: { 'retry-after': '{date+3}' },
    body: { error: 'Too Many Requests' },
  }),
  recoverable(
    'summarize',
    'groq-message',
    '429 that states the time to wait in its message, as Groq does',
    {
      nth: 1,
      status: 429,
      body: {
        error: {
          message:
            'Rate limit reached for model on tokens per minute (TPM): Limit 6000, Used 5800, Requested 700. Please try again in 1.2s.',
          type: 'tokens',
          code: 'rate_limit_exceeded',
        },
      },
    },
  ),
  recoverable(
    'summarize',
    'retry-after-on-200',
    'every good answer has a Retry-After of five minutes, as with together; it means nothing',
    { nth: 'every', headers: { 'retry-after': '300' } },
  ),
  recoverable(
    'transcribe',
    'five-failures',
    'five failures in a row, which close the gate for a while, then good answers',
    {
      nth: 1,
      times: 5,
      // Not 502: for a target with coldStart that means waking up.
      status: 500,
      headers: html,
      body: gatewayPage('500 Internal Server Error'),
    },
  ),
];

/** Providers whose answers are broken, late or wrong. */
const brokenAnswers: readonly ProviderScript[] = [
  recoverable(
    'transcribe',
    'half-a-body',
    'the connection breaks in the middle of a billed answer',
    { nth: 1, cut: 40 },
    { wasted: 1 },
  ),
  recoverable('summarize', 'drip', 'the answer comes in pieces of 100 bytes, ten a second', {
    nth: 1,
    drip: { bytes: 100, everyMs: 100 },
  }),
  recoverable(
    'transcribe',
    'reset',
    'the connection is reset before the answer; the model did not work',
    { nth: 1, resetBeforeHeaders: true },
  ),
  recoverable(
    'transcribe',
    'reset-billed',
    'the connection is reset before the answer; the model worked and is billed',
    { nth: 1, resetBeforeHeaders: true, billed: true },
    { wasted: 1 },
  ),
  recoverable(
    'summarize',
    'wrong-shape-billed',
    'one billed 200 without a choice in it',
    { nth: 1, ...billedAnswer({ id: 'chatcmpl-1', object: 'chat.completion', choices: [] }) },
    { wasted: 1 },
  ),
  recoverable(
    'transcribe',
    'html-200',
    'a page of a gateway with status 200 replaces a billed answer',
    {
      nth: 1,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      ...billedAnswer(
        '<!DOCTYPE html><html><head><title>One moment, please</title></head><body></body></html>',
      ),
    },
    { wasted: 1 },
  ),
  recoverable('transcribe', 'json-error-200', 'a JSON error with status 200, not billed', {
    nth: 1,
    status: 200,
    body: { error: 'Internal server error' },
  }),
  recoverable(
    'transcribe',
    'repeated-transcript',
    'Whisper repeats the same words over and over in one billed answer',
    { nth: 1, ...billedAnswer(repeatedWords) },
    { wasted: 1 },
  ),
  unrecoverable(
    'transcribe',
    'one-chunk-loops',
    'Whisper repeats the same words for one chunk every time, billed: we stop after three, and keep the other chunks',
    // The first of three chunks is called first, and again after the others.
    [
      { nth: 1, ...billedAnswer(repeatedWords) },
      { nth: 4, times: 2, ...billedAnswer(repeatedWords) },
    ],
    { transcribe: BASE_CALLS.transcribe + 2 },
    { result: 'partial', gap: 'ItemExhausted' },
  ),
  unrecoverable(
    'transcribe',
    'empty-transcript',
    'no words for 20 seconds of speech, billed: accepted, and reported as a gap',
    { nth: 1, ...billedAnswer({ text: '' }) },
    {},
    { result: 'partial', gap: 'no_words' },
  ),
  unrecoverable(
    'moderate',
    'wrong-labels',
    'a classifier with labels that do not tell safe from unsafe: the picture is held',
    {
      nth: 'every',
      ...billedAnswer([
        { label: 'LABEL_0', score: 0.98 },
        { label: 'LABEL_1', score: 0.02 },
      ]),
    },
    {},
    { picture: 'held' },
  ),
  recoverable(
    'illustrate',
    'jpeg-though-png',
    'a JPEG with the Content-Type of the requested PNG',
    { nth: 'every', recode: 'jpeg' },
  ),
  unrecoverable(
    'summarize',
    'bad-shape-for-ever',
    'billed 200s without a summary, every time: we stop after three',
    {
      nth: 'every',
      ...billedAnswer({
        id: 'chatcmpl-1',
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Sure!' }, finish_reason: 'stop' },
        ],
      }),
    },
    { summarize: 3 * BASE_CALLS.summarize },
    degraded('summarize', 'simplified', 'TargetExhausted'),
  ),
];

/** Providers that refuse: for now, this item, this account, or for good. A refused call is not billed. */
const refusing: readonly ProviderScript[] = [
  recoverable(
    'transcribe',
    'toolkit-cuda-400',
    '400 for a GPU out of memory: the toolkit answers 400 to everything',
    { nth: 1, status: 400, body: { error: 'CUDA out of memory. Tried to allocate 256.00 MiB' } },
  ),
  recoverable(
    'summarize',
    'validation-too-long',
    '422 for a section with too many tokens: its halves are summarised and merged',
    {
      nth: 1,
      status: 422,
      body: {
        error:
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 6000 `inputs` tokens and 1024 `max_new_tokens`',
        error_type: 'validation',
      },
    },
    // Two halves and their merging instead of one section.
    { wasted: 2 },
  ),
  unrecoverable(
    'summarize',
    'credits-exhausted',
    '402: the account has no credits left for summaries',
    {
      nth: 'every',
      status: 402,
      body: { error: 'You have exceeded your monthly included credits for Inference Providers.' },
    },
    { summarize: 0 },
    degraded('summarize', 'simplified', 'OutOfCredit'),
  ),
  unrecoverable(
    'summarize',
    'token-refused',
    '401: the API token is refused for summaries',
    { nth: 'every', status: 401, body: { error: 'Invalid username or password.' } },
    { summarize: 0 },
    degraded('summarize', 'simplified', 'Unauthorized'),
  ),
  unrecoverable(
    'illustrate',
    'model-gone',
    '404: the picture model is no longer served',
    { nth: 'every', status: 404, body: { error: 'Model hansard/procedural-v1 does not exist' } },
    { illustrate: 0, moderate: 0 },
    { ...degraded('illustrate', 'missing', 'ModelNotFound'), picture: null },
  ),
  unrecoverable(
    'moderate',
    'classifier-gone',
    '410: the picture classifier is no longer served, so the picture is held',
    { nth: 'every', status: 410, body: { error: 'Gone' } },
    { moderate: 0 },
    { ...degraded('moderate', 'simplified', 'ModelNotFound'), picture: 'held' },
  ),
  unrecoverable(
    'transcribe',
    'input-refused',
    '400 for one chunk: a gap, and the rest of the recording',
    {
      nth: 2,
      status: 400,
      body: { error: 'Soundfile is either not in the correct format or is malformed' },
    },
    { transcribe: BASE_CALLS.transcribe - 1 },
    { result: 'partial', gap: 'BadRequest' },
  ),
  unrecoverable(
    'transcribe',
    'transcriber-gone',
    '404 from the only transcriber: no words, so no minutes',
    { nth: 'every', status: 404, body: { error: 'Not Found' } },
    { transcribe: 0, summarize: 0, illustrate: 0, moderate: 0 },
    { result: 'failed', picture: null },
  ),
];

/** What providers are known to do to a job, each by its name. */
export const PROVIDER_SCRIPTS: readonly ProviderScript[] = [
  ...waiting,
  ...brokenAnswers,
  ...refusing,
];
