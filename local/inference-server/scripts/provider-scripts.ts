import type { FaultRule } from '../faults.ts';

/** For a job without trouble whose recording has three chunks with speech and whose words fit one section. */
export const BASE_CALLS = { transcribe: 3, summarize: 1, illustrate: 1, moderate: 1 } as const;
type Calls = Readonly<Record<keyof typeof BASE_CALLS, number>>;

const WITHOUT_TROUBLE = {
  result: 'complete' as 'complete' | 'partial' | 'failed',
  /** `reason` is the type of the failure that ended the target. */
  degradation: null as { readonly level: 'simplified' | 'missing'; readonly reason: string } | null,
  /** Why the recording has a gap; null: it has none. */
  gap: null as string | null,
  /** The verdict on the picture; null: there is no picture. */
  picture: 'safe' as 'safe' | 'held' | null,
};

/** A provider that misbehaves in one role. It recovers if `ends` is missing. */
interface Trouble {
  readonly about: string;
  /** They strike the first request unless they state `nth`. */
  readonly rules: Rule | readonly Rule[];
  /** Where the calls that the server completes for the job differ from `BASE_CALLS`. */
  readonly billed?: Partial<Calls>;
  /** Where the end of the job differs from the end of one without trouble. */
  readonly ends?: Partial<typeof WITHOUT_TROUBLE>;
}
type Rule = Partial<Omit<FaultRule, 'role'>>;

const html = { 'content-type': 'text/html' };
const gatewayPage = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
const refusal = (status: number, error: string) => ({ status, body: { error } });
const billedAnswer = (body: FaultRule['body']): Rule => ({ status: 200, billed: true, body });
const repeatedWords = billedAnswer({ text: ' Thank you for watching.'.repeat(40) });

const TRANSCRIBE: Readonly<Record<string, Trouble>> = {
  // It makes us wait; none of this is billed.
  'loading-twice': {
    about: 'a cold model answers 503 with estimated_time twice, then works',
    rules: {
      times: 2,
      status: 503,
      body: { error: 'Model openai/whisper-base is currently loading', estimated_time: 1 },
    },
  },
  'endpoint-waking': {
    about: 'an endpoint wakes up: 503 without a body, then a 503 page of its proxy',
    rules: [
      { status: 503 },
      {
        nth: 2,
        status: 503,
        headers: html,
        body: gatewayPage('503 Service Temporarily Unavailable'),
      },
    ],
  },
  'slow-start': {
    about: 'the first answer is correct but three seconds late',
    rules: { delayMs: 3000 },
  },
  'rate-limited-silently': {
    about: '429 without a time to wait, twice',
    rules: {
      times: 2,
      ...refusal(429, 'Rate limit reached. Please log in or use a HF access token'),
    },
  },
  'rate-limited-date': {
    about: '429 with a date in Retry-After',
    rules: { ...refusal(429, 'Too Many Requests'), headers: { 'retry-after': '{date+3}' } },
  },
  'five-failures': {
    about: 'five failures in a row, which close the gate for a while, then good answers',
    // Not 502: for a target with coldStart that means waking up.
    rules: { times: 5, status: 500, headers: html, body: gatewayPage('500 Internal Server Error') },
  },

  // Its answers are broken or wrong.
  'half-a-body': {
    about: 'the connection breaks in the middle of a billed answer',
    rules: { cut: 40 },
    billed: { transcribe: 4 },
  },
  reset: {
    about: 'the connection is reset before the answer; the model did not work',
    rules: { resetBeforeHeaders: true },
  },
  'reset-billed': {
    about: 'the connection is reset before the answer; the model worked and is billed',
    rules: { resetBeforeHeaders: true, billed: true },
    billed: { transcribe: 4 },
  },
  'html-200': {
    about: 'a page of a gateway with status 200 replaces a billed answer',
    rules: {
      headers: { 'content-type': 'text/html; charset=utf-8' },
      ...billedAnswer(
        '<!DOCTYPE html><html><head><title>One moment, please</title></head><body></body></html>',
      ),
    },
    billed: { transcribe: 4 },
  },
  'json-error-200': {
    about: 'a JSON error with status 200, not billed',
    rules: refusal(200, 'Internal server error'),
  },
  'repeated-transcript': {
    about: 'Whisper repeats the same words over and over in one billed answer',
    rules: repeatedWords,
    billed: { transcribe: 4 },
  },
  'one-chunk-loops': {
    about:
      'Whisper repeats the same words for one chunk every time, billed: we stop after three, and keep the other chunks',
    // The first of three chunks is called first, and again after the others.
    rules: [repeatedWords, { nth: 4, times: 2, ...repeatedWords }],
    billed: { transcribe: 5 },
    ends: { result: 'partial', gap: 'ItemExhausted' },
  },
  'empty-transcript': {
    about: 'no words for 20 seconds of speech, billed: accepted, and reported as a gap',
    rules: billedAnswer({ text: '' }),
    ends: { result: 'partial', gap: 'no_words' },
  },

  // It refuses; a refused call is not billed.
  'toolkit-cuda-400': {
    about: '400 for a GPU out of memory: the toolkit answers 400 to everything',
    rules: refusal(400, 'CUDA out of memory. Tried to allocate 256.00 MiB'),
  },
  'input-refused': {
    about: '400 for one chunk: a gap, and the rest of the recording',
    rules: {
      nth: 2,
      ...refusal(400, 'Soundfile is either not in the correct format or is malformed'),
    },
    billed: { transcribe: 2 },
    ends: { result: 'partial', gap: 'BadRequest' },
  },
  'transcriber-gone': {
    about: '404 from the only transcriber: no words, so no minutes',
    rules: { nth: 'every', ...refusal(404, 'Not Found') },
    billed: { transcribe: 0, summarize: 0, illustrate: 0, moderate: 0 },
    ends: { result: 'failed', picture: null },
  },
};

const SUMMARIZE: Readonly<Record<string, Trouble>> = {
  'groq-message': {
    about: '429 that states the time to wait in its message, as Groq does',
    rules: {
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
  },
  'retry-after-on-200': {
    about:
      'every good answer has a Retry-After of five minutes, as with together; it means nothing',
    rules: { nth: 'every', headers: { 'retry-after': '300' } },
  },
  drip: {
    about: 'the answer comes in pieces of 100 bytes, ten a second',
    rules: { drip: { bytes: 100, everyMs: 100 } },
  },
  'wrong-shape-billed': {
    about: 'one billed 200 without a choice in it',
    rules: billedAnswer({ id: 'chatcmpl-1', object: 'chat.completion', choices: [] }),
    billed: { summarize: 2 },
  },
  'bad-shape-for-ever': {
    about: 'billed 200s without a summary, every time: we stop after three',
    rules: {
      nth: 'every',
      ...billedAnswer({
        id: 'chatcmpl-1',
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Sure!' }, finish_reason: 'stop' },
        ],
      }),
    },
    billed: { summarize: 3 },
    ends: { degradation: { level: 'simplified', reason: 'TargetExhausted' } },
  },
  'validation-too-long': {
    about: '422 for a section with too many tokens: its halves are summarised and merged',
    rules: {
      status: 422,
      body: {
        error:
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 6000 `inputs` tokens and 1024 `max_new_tokens`',
        error_type: 'validation',
      },
    },
    // Two halves and their merging instead of one section.
    billed: { summarize: 3 },
  },
  'credits-exhausted': {
    about: '402: the account has no credits left for summaries',
    rules: {
      nth: 'every',
      ...refusal(402, 'You have exceeded your monthly included credits for Inference Providers.'),
    },
    billed: { summarize: 0 },
    ends: { degradation: { level: 'simplified', reason: 'OutOfCredit' } },
  },
  'token-refused': {
    about: '401: the API token is refused for summaries',
    rules: { nth: 'every', ...refusal(401, 'Invalid username or password.') },
    billed: { summarize: 0 },
    ends: { degradation: { level: 'simplified', reason: 'Unauthorized' } },
  },
};

const ILLUSTRATE: Readonly<Record<string, Trouble>> = {
  'jpeg-though-png': {
    about: 'a JPEG with the Content-Type of the requested PNG',
    rules: { nth: 'every', recode: 'jpeg' },
  },
  'model-gone': {
    about: '404: the picture model is no longer served',
    rules: { nth: 'every', ...refusal(404, 'Model hansard/procedural-v1 does not exist') },
    billed: { illustrate: 0, moderate: 0 },
    ends: { degradation: { level: 'missing', reason: 'ModelNotFound' }, picture: null },
  },
};

const MODERATE: Readonly<Record<string, Trouble>> = {
  'wrong-labels': {
    about: 'a classifier with labels that do not tell safe from unsafe: the picture is held',
    rules: {
      nth: 'every',
      ...billedAnswer([
        { label: 'LABEL_0', score: 0.98 },
        { label: 'LABEL_1', score: 0.02 },
      ]),
    },
    ends: { picture: 'held' },
  },
  'classifier-gone': {
    about: '410: the picture classifier is no longer served, so the picture is held',
    rules: { nth: 'every', ...refusal(410, 'Gone') },
    billed: { moderate: 0 },
    ends: { degradation: { level: 'simplified', reason: 'ModelNotFound' }, picture: 'held' },
  },
};

const scriptsOf = (role: keyof Calls, troubles: Readonly<Record<string, Trouble>>) =>
  Object.entries(troubles).map(([name, { about, rules, billed, ends }]) => ({
    name,
    about,
    /** The role whose calls it strikes. */
    role,
    /** The job ends as if nothing had happened. */
    recoverable: ends === undefined,
    rules: [rules].flat().map((rule): FaultRule => ({ role, nth: 1, ...rule })),
    billed: { ...BASE_CALLS, ...billed } as Calls,
    ends: {
      ...WITHOUT_TROUBLE,
      ...ends,
      degradation: ends?.degradation ? { role, ...ends.degradation } : null,
    },
  }));

/**
 * What providers are known to do to one job of the local stack's own targets, how that job ends, and how many calls it
 * is billed at least: a job that is billed more paid for something it did not need.
 */
export const PROVIDER_SCRIPTS = [
  ...scriptsOf('transcribe', TRANSCRIBE),
  ...scriptsOf('summarize', SUMMARIZE),
  ...scriptsOf('illustrate', ILLUSTRATE),
  ...scriptsOf('moderate', MODERATE),
];
export type ProviderScript = (typeof PROVIDER_SCRIPTS)[number];
