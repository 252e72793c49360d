import { BODY_LIMIT_BYTES } from './read-request.ts';
import type { Refusal } from './refusal.ts';
import {
  readLanguage,
  UnusableAudio,
  type TranscribeRequest,
  type Transcriber,
  type Transcription,
} from './models/transcriber.ts';

export interface SpeechRefusals {
  readonly language: (wanted: string) => Refusal;
  readonly unreadable: () => Refusal;
  /** Only for servers with a limit. */
  readonly tooLong?: () => Refusal;
}

/** Checks the language that a client names, if it names one, and returns how to transcribe the audio in it. */
export function prepareTranscription(
  transcriber: Transcriber,
  request: TranscribeRequest,
  refuse: SpeechRefusals,
): () => Promise<Transcription> {
  const wanted = request.language;
  const language = wanted === null ? null : readLanguage(wanted, transcriber);
  if (wanted !== null && language === null) throw refuse.language(wanted);
  return () =>
    transcriber.transcribe({ ...request, language }).catch((error: unknown) => {
      throw error instanceof UnusableAudio ? (refuse[error.kind]?.() ?? error) : error;
    });
}

/** The whole text in one line. */
export const spokenText = ({ segments }: Transcription): string =>
  segments
    .map(({ text }) => text)
    .join('')
    .trim();

export const numberedSegments = ({ segments }: Transcription): readonly object[] =>
  segments.map(({ words: _words, ...segment }, id) => ({ id, ...segment }));

/**
 * Reads the audio that a JSON request contains as a data URL of a type that the provider takes, or names by an address.
 * The refusals are for a wrong data URL and for an address that cannot be fetched.
 */
export async function readAudioAddress(
  text: string,
  takesType: (mediaType: string) => boolean,
  wrongDataUrl: () => Refusal,
  unreachable: (why: string) => Refusal,
): Promise<Uint8Array> {
  if (!text.startsWith('data:')) return fetchAudio(text, unreachable);
  const [head = '', type = ''] = /^data:([^;,]*)(?:;[^;,]+)*;base64,/.exec(text) ?? [];
  if (head === '' || !takesType(type.toLowerCase())) throw wrongDataUrl();
  return Buffer.from(text.slice(head.length), 'base64');
}

/** Time for a provider to fetch audio from an object store nearby. */
const FETCH_MS = 30_000;

/** Fetches an http(s) address, such as a presigned one. */
export async function fetchAudio(
  address: string,
  unreachable: (why: string) => Refusal,
): Promise<Uint8Array> {
  if (!/^https?:/i.test(address)) throw unreachable('no http or https address');
  const signal = AbortSignal.timeout(FETCH_MS);
  const response = await fetch(address, { signal }).catch(() => null);
  if (response?.ok === false) throw unreachable(`its server answered ${response.status}`);
  const bytes = await response?.bytes().catch(() => null);
  if (!bytes) throw unreachable('its server could not be reached');
  if (bytes.byteLength > BODY_LIMIT_BYTES) throw unreachable('the file is too large');
  return bytes;
}
