export interface TranscribeRequest {
  readonly audio: Uint8Array;
  /** A code of Whisper's (`en`); null: detected. */
  readonly language: string | null;
  readonly task: 'transcribe' | 'translate';
  readonly beams: number;
  readonly temperature: number;
  readonly maxNewTokens: number | null;
  /** So many tokens in a row come once only; 0: no such rule. */
  readonly noRepeatNgramSize: number;
  /** What was said before, to bias names and spelling; null: nothing. */
  readonly prompt: string | null;
  readonly wordTimes: boolean;
  /** Longer audio is refused; null: no limit. */
  readonly limitSeconds: number | null;
}

export interface TranscribedSegment {
  readonly seek: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly avg_logprob: number;
  readonly compression_ratio: number;
  readonly no_speech_prob: number;
  readonly words: readonly { word: string; start: number; end: number }[] | null;
}

export interface Transcription {
  readonly language: string;
  readonly durationSeconds: number;
  readonly segments: readonly TranscribedSegment[];
}

/** One request at a time, the others queue: so does the toolkit. */
export interface Transcriber {
  /** Said as `x-sha`, so that nobody mistakes one engine for another. */
  readonly name: string;
  /** The language codes it takes. */
  readonly languages: ReadonlySet<string>;
  /** Rejects with `UnreadableAudio` or `AudioTooLong` where the audio is to blame. */
  readonly transcribe: (request: TranscribeRequest) => Promise<Transcription>;
  readonly close: () => Promise<void>;
}

export class UnreadableAudio extends Error {
  override readonly name = 'UnreadableAudio';
}

export class AudioTooLong extends Error {
  override readonly name = 'AudioTooLong';
}
