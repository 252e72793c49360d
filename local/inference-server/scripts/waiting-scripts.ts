import { recoverable, type ProviderScript } from './provider-script.ts';

const gatewayPage = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
const html = { 'content-type': 'text/html' };

/** Providers that want us to wait, and say so in one of their ways. Nothing of it is billed. */
export const waitingScripts: readonly ProviderScript[] = [
  recoverable({
    name: 'loading-twice',
    about: 'a cold model: 503 with estimated_time twice, then it answers',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        times: 2,
        status: 503,
        body: { error: 'Model openai/whisper-base is currently loading', estimated_time: 1 },
      },
    ],
  }),
  recoverable({
    name: 'endpoint-waking',
    about: 'an endpoint that wakes up: 503 without a body, then a 503 page of its proxy',
    role: 'transcribe',
    rules: [
      { role: 'transcribe', nth: 1, status: 503 },
      {
        role: 'transcribe',
        nth: 2,
        status: 503,
        headers: html,
        body: gatewayPage('503 Service Temporarily Unavailable'),
      },
    ],
  }),
  recoverable({
    name: 'slow-start',
    about: 'the first answer takes three seconds longer, and is as good as any',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 1, delayMs: 3000 }],
  }),
  recoverable({
    name: 'rate-limited-silently',
    about: '429 that does not say for how long',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        times: 2,
        status: 429,
        body: { error: 'Rate limit reached. Please log in or use a HF access token' },
      },
    ],
  }),
  recoverable({
    name: 'rate-limited-date',
    about: '429 whose Retry-After is a date',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        status: 429,
        headers: { 'retry-after': '{date+3}' },
        body: { error: 'Too Many Requests' },
      },
    ],
  }),
  recoverable({
    name: 'groq-message',
    about: '429 that says in its message when to come back, as Groq does',
    role: 'summarize',
    rules: [
      {
        role: 'summarize',
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
    ],
  }),
  recoverable({
    name: 'retry-after-on-200',
    about:
      'Retry-After of five minutes with every good answer, as together sends it: it means nothing',
    role: 'summarize',
    rules: [{ role: 'summarize', nth: 'every', headers: { 'retry-after': '300' } }],
  }),
  recoverable({
    name: 'five-failures',
    about: 'five failures in a row, which close the gate for a while, then all is well',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        times: 5,
        // Not 502: of a target with coldStart that is a waking.
        status: 500,
        headers: html,
        body: gatewayPage('500 Internal Server Error'),
      },
    ],
  }),
];
