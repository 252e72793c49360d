import { BASE_CALLS, recoverable, unrecoverable, type ProviderScript } from './provider-script.ts';

/** Providers that refuse: for now, this item, this account, or for good. Nothing that is refused is billed. */
export const refusingScripts: readonly ProviderScript[] = [
  recoverable({
    name: 'toolkit-cuda-400',
    about: '400 for a GPU that is out of memory: the toolkit answers 400 to everything',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        status: 400,
        body: { error: 'CUDA out of memory. Tried to allocate 256.00 MiB' },
      },
    ],
  }),
  recoverable({
    name: 'validation-too-long',
    about: '422 for a section of too many tokens: its halves are summarised, and joined',
    role: 'summarize',
    rules: [
      {
        role: 'summarize',
        nth: 1,
        status: 422,
        body: {
          error:
            'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 6000 `inputs` tokens and 1024 `max_new_tokens`',
          error_type: 'validation',
        },
      },
    ],
    // Two halves and their joining in the place of one section.
    inVain: 2,
  }),
  unrecoverable({
    name: 'credits-exhausted',
    about: '402: the account has no credits left for summaries',
    role: 'summarize',
    rules: [
      {
        role: 'summarize',
        nth: 'every',
        status: 402,
        body: { error: 'You have exceeded your monthly included credits for Inference Providers.' },
      },
    ],
    billed: { summarize: 0 },
    ends: { degradation: { role: 'summarize', level: 'simplified', reason: 'OutOfCredit' } },
  }),
  unrecoverable({
    name: 'token-refused',
    about: '401: the token is refused for summaries',
    role: 'summarize',
    rules: [
      {
        role: 'summarize',
        nth: 'every',
        status: 401,
        body: { error: 'Invalid username or password.' },
      },
    ],
    billed: { summarize: 0 },
    ends: { degradation: { role: 'summarize', level: 'simplified', reason: 'Unauthorized' } },
  }),
  unrecoverable({
    name: 'model-gone',
    about: '404: nobody serves the model of pictures any more',
    role: 'illustrate',
    rules: [
      {
        role: 'illustrate',
        nth: 'every',
        status: 404,
        body: { error: 'Model hansard/procedural-v1 does not exist' },
      },
    ],
    billed: { illustrate: 0, moderate: 0 },
    ends: {
      degradation: { role: 'illustrate', level: 'missing', reason: 'ModelNotFound' },
      picture: null,
    },
  }),
  unrecoverable({
    name: 'classifier-gone',
    about: '410: nobody judges pictures any more, and what nobody judged is held',
    role: 'moderate',
    rules: [{ role: 'moderate', nth: 'every', status: 410, body: { error: 'Gone' } }],
    billed: { moderate: 0 },
    ends: {
      degradation: { role: 'moderate', level: 'simplified', reason: 'ModelNotFound' },
      picture: 'held',
    },
  }),
  unrecoverable({
    name: 'input-refused',
    about: '400 for one chunk: a gap, and the rest of the recording',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 2,
        status: 400,
        body: { error: 'Soundfile is either not in the correct format or is malformed' },
      },
    ],
    billed: { transcribe: BASE_CALLS.transcribe - 1 },
    ends: { result: 'partial', gap: 'BadRequest' },
  }),
  unrecoverable({
    name: 'transcriber-gone',
    about: '404 from the only transcriber: no words, no minutes',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 'every', status: 404, body: { error: 'Not Found' } }],
    billed: { transcribe: 0, summarize: 0, illustrate: 0, moderate: 0 },
    ends: { result: 'failed', picture: null },
  }),
];
