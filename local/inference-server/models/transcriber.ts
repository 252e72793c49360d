import { z } from 'zod';

export interface TranscribeRequest {
  readonly audio: Uint8Array;
  /** One of Whisper's codes (`en`); null: detected. */
  readonly language: string | null;
  readonly task: 'transcribe' | 'translate';
  readonly beams: number;
  readonly temperature: number;
  readonly maxNewTokens: number | null;
  /** A sequence of this many tokens appears only once; 0: no such rule. */
  readonly noRepeatNgramSize: number;
  /** Earlier words that bias names and spelling. */
  readonly prompt: string | null;
  readonly wordTimes: boolean;
  /** Longer audio is refused; null: no limit. */
  readonly limitSeconds: number | null;
}

export const transcriptionSchema = z.object({
  language: z.string(),
  durationSeconds: z.number(),
  segments: z.array(
    z.object({
      seek: z.number(),
      start: z.number(),
      end: z.number(),
      text: z.string(),
      tokens: z.array(z.number()),
      temperature: z.number(),
      avg_logprob: z.number(),
      compression_ratio: z.number(),
      no_speech_prob: z.number(),
      words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).nullable(),
    }),
  ),
});
export type Transcription = z.infer<typeof transcriptionSchema>;

/** Handles one request at a time and queues the others, as the toolkit does. */
export interface Transcriber {
  /** Sent as `x-sha`, so that nobody mistakes one engine for another. */
  readonly name: string;
  /** The language codes it takes. */
  readonly languages: ReadonlySet<string>;
  /** Rejects with `UnreadableAudio` or `AudioTooLong` when the audio is at fault. */
  readonly transcribe: (request: TranscribeRequest) => Promise<Transcription>;
  readonly close: () => Promise<void>;
}

export class UnreadableAudio extends Error {
  override readonly name = 'UnreadableAudio';
}

export class AudioTooLong extends Error {
  override readonly name = 'AudioTooLong';
}

const names = new Intl.DisplayNames('en', { type: 'language' });

/** OpenAI's servers name languages in English and lower case: `english`. */
export const toEnglishName = (code: string): string =>
  // Whisper writes Javanese as `jw`, which ISO 639-1 withdrew.
  (names.of(code === 'jw' ? 'jv' : code) ?? code).toLowerCase();

/** The transcriber's code for `en`, `English` or `<|en|>`; null: it does not know the language. */
export function readLanguage(
  text: string,
  { languages }: Pick<Transcriber, 'languages'>,
): string | null {
  const wanted = text.toLowerCase().replace(/^<\|(.+)\|>$/, '$1');
  return [...languages].find((code) => code === wanted || toEnglishName(code) === wanted) ?? null;
}
