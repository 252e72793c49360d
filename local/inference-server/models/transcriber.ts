import { z } from 'zod';

/** The options have the names and defaults of faster-whisper, except for one beam and temperature 0. */
export interface TranscribeRequest {
  readonly audio: Uint8Array;
  /** Longer audio is refused; null: no limit. */
  readonly limitSeconds?: number | null;
  /** One of Whisper's codes (`en`); null: detected. */
  readonly language: string | null;
  readonly task?: 'transcribe' | 'translate';
  readonly beam_size?: number;
  readonly temperature?: number;
  readonly max_new_tokens?: number | null;
  /** A sequence of this many tokens appears only once; 0: no such rule. */
  readonly no_repeat_ngram_size?: number;
  /** Earlier words that bias names and spelling. */
  readonly initial_prompt?: string | null;
  readonly word_timestamps?: boolean;
}

const timesSchema = z.object({ start: z.number(), end: z.number() });
export const transcriptionSchema = z.object({
  language: z.string(),
  durationSeconds: z.number(),
  segments: z.array(
    timesSchema.extend({
      seek: z.number(),
      text: z.string(),
      tokens: z.array(z.number()),
      temperature: z.number(),
      avg_logprob: z.number(),
      compression_ratio: z.number(),
      no_speech_prob: z.number(),
      /** Empty unless requested. */
      words: z.array(timesSchema.extend({ word: z.string() })),
    }),
  ),
});
export type Transcription = z.infer<typeof transcriptionSchema>;

/** Handles a few requests at a time, in the order in which they come, and queues the others. */
export interface Transcriber {
  /** Sent as `x-sha`, so that nobody mistakes one engine for another. */
  readonly name: string;
  /** The language codes it takes. */
  readonly languages: ReadonlySet<string>;
  /** Rejects with `UnusableAudio` when the audio is at fault. */
  readonly transcribe: (request: TranscribeRequest) => Promise<Transcription>;
  readonly close: () => Promise<void>;
}

export class UnusableAudio extends Error {
  override readonly name = 'UnusableAudio';
  readonly kind: 'unreadable' | 'tooLong';

  constructor(kind: UnusableAudio['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const names = new Intl.DisplayNames('en', { type: 'language' });

/** OpenAI's servers name languages in English and lower case: `english`. */
export const toEnglishName = (code: string): string =>
  // Whisper writes Javanese as `jw`, which ISO 639-1 withdrew.
  (names.of(code === 'jw' ? 'jv' : code) ?? code).toLowerCase();

/** The transcriber's code for `en`, `English` or `<|en|>`; null: it does not know the language. */
export function readLanguage(text: string, { languages }: Transcriber): string | null {
  const wanted = text.toLowerCase().replace(/^<\|(.+)\|>$/, '$1');
  return [...languages].find((code) => code === wanted || toEnglishName(code) === wanted) ?? null;
}
