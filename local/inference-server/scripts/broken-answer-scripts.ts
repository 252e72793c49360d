import { BASE_CALLS, recoverable, unrecoverable, type ProviderScript } from './provider-script.ts';

/** Providers whose answers are broken, late or not what they say. */
export const brokenAnswerScripts: readonly ProviderScript[] = [
  recoverable({
    name: 'half-a-body',
    about: 'the connection breaks in the middle of an answer that was billed',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 1, cut: 40 }],
    inVain: 1,
  }),
  recoverable({
    name: 'drip',
    about: 'the answer comes in pieces of 100 bytes, ten a second',
    role: 'summarize',
    rules: [{ role: 'summarize', nth: 1, drip: { bytes: 100, everyMs: 100 } }],
  }),
  recoverable({
    name: 'reset',
    about: 'the connection is reset before the answer; no model had worked',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 1, resetBeforeHeaders: true }],
  }),
  recoverable({
    name: 'reset-billed',
    about: 'the connection is reset before the answer, for which a model had worked',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 1, resetBeforeHeaders: true, billed: true }],
    inVain: 1,
  }),
  recoverable({
    name: 'wrong-shape-billed',
    about: '200 without a choice in it, once, and billed',
    role: 'summarize',
    rules: [
      {
        role: 'summarize',
        nth: 1,
        status: 200,
        billed: true,
        body: { id: 'chatcmpl-1', object: 'chat.completion', choices: [] },
      },
    ],
    inVain: 1,
  }),
  recoverable({
    name: 'html-200',
    about: "a gateway's page with status 200 in the place of an answer that was billed",
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        status: 200,
        billed: true,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: '<!DOCTYPE html><html><head><title>One moment, please</title></head><body></body></html>',
      },
    ],
    inVain: 1,
  }),
  recoverable({
    name: 'json-error-200',
    about: 'an error in JSON under status 200, not billed',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 1, status: 200, body: { error: 'Internal server error' } }],
  }),
  recoverable({
    name: 'repeated-transcript',
    about: 'a Whisper that says the same words over and over, once, and billed',
    role: 'transcribe',
    rules: [
      {
        role: 'transcribe',
        nth: 1,
        status: 200,
        billed: true,
        body: { text: ' Thank you for watching.'.repeat(40) },
      },
    ],
    inVain: 1,
  }),
  unrecoverable({
    name: 'one-chunk-loops',
    about: 'the same for one chunk every time, and billed: three are enough, and the rest is heard',
    role: 'transcribe',
    // The first of three chunks comes first, and again when the others are done.
    rules: [{ nth: 1 as const }, { nth: 4 as const, times: 2 }].map((when) => ({
      role: 'transcribe',
      ...when,
      status: 200,
      billed: true as const,
      body: { text: ' Thank you for watching.'.repeat(40) },
    })),
    billed: { transcribe: BASE_CALLS.transcribe + 2 },
    ends: { result: 'partial', gap: 'ItemExhausted' },
  }),
  unrecoverable({
    name: 'empty-transcript',
    about: 'not a word for 20 seconds of speech, billed: believed, and told as a gap',
    role: 'transcribe',
    rules: [{ role: 'transcribe', nth: 1, status: 200, billed: true, body: { text: '' } }],
    billed: {},
    ends: { result: 'partial', gap: 'no_words' },
  }),
  unrecoverable({
    name: 'wrong-labels',
    about: 'a classifier whose labels say nothing about safety: the picture is held',
    role: 'moderate',
    rules: [
      {
        role: 'moderate',
        nth: 'every',
        status: 200,
        billed: true,
        body: [
          { label: 'LABEL_0', score: 0.98 },
          { label: 'LABEL_1', score: 0.02 },
        ],
      },
    ],
    billed: {},
    ends: { picture: 'held' },
  }),
  recoverable({
    name: 'jpeg-though-png',
    about: 'a JPEG under the type of the PNG that was asked for',
    role: 'illustrate',
    rules: [{ role: 'illustrate', nth: 'every', recode: 'jpeg' }],
  }),
  unrecoverable({
    name: 'bad-shape-for-ever',
    about: '200 without a summary every time, and billed: three are enough',
    role: 'summarize',
    rules: [
      {
        role: 'summarize',
        nth: 'every',
        status: 200,
        billed: true,
        body: {
          id: 'chatcmpl-1',
          choices: [
            { index: 0, message: { role: 'assistant', content: 'Sure!' }, finish_reason: 'stop' },
          ],
        },
      },
    ],
    billed: { summarize: 3 * BASE_CALLS.summarize },
    ends: {
      degradation: { role: 'summarize', level: 'simplified', reason: 'TargetExhausted' },
    },
  }),
];
