import { BODY_LIMIT_BYTES } from './read-request.ts';
import type { Refusal } from './refusal.ts';
import {
  readLanguage,
  UnreadableAudio,
  type TranscribeRequest,
  type Transcriber,
  type Transcription,
} from './models/transcriber.ts';

/** Transcribes the whole audio with Whisper's defaults, except what the request names. */
export const transcribe = (
  transcriber: Transcriber,
  request: Pick<TranscribeRequest, 'audio' | 'language'> & Partial<TranscribeRequest>,
  unreadable: () => Refusal,
): Promise<Transcription> =>
  transcriber
    .transcribe({
      task: 'transcribe',
      beams: 1,
      temperature: 0,
      maxNewTokens: null,
      noRepeatNgramSize: 0,
      prompt: null,
      wordTimes: false,
      limitSeconds: null,
      ...request,
    })
    .catch((error: unknown) => {
      throw error instanceof UnreadableAudio ? unreadable() : error;
    });

/** The transcriber's code for the language that a client names; null: it names none. */
export function requireLanguage(
  wanted: string | null,
  transcriber: Transcriber,
  refuse: () => Refusal,
): string | null {
  if (wanted === null) return null;
  const language = readLanguage(wanted, transcriber);
  if (language === null) throw refuse();
  return language;
}

/** The whole text in one line. */
export const spokenText = ({ segments }: Transcription): string =>
  segments
    .map(({ text }) => text)
    .join('')
    .trim();

export const numberedSegments = ({ segments }: Transcription): readonly object[] =>
  segments.map(({ words: _words, ...segment }, id) => ({ id, ...segment }));

/** Reads the audio that a JSON request contains as a data URL, or names by an address. */
export async function readAudioAddress(
  text: string,
  refuse: {
    readonly dataUrl: () => Refusal;
    readonly unreachable: (why: string) => Refusal;
    /** Whether a data URL may have this media type. */
    readonly takesType: (mediaType: string) => boolean;
  },
): Promise<Uint8Array> {
  if (!text.startsWith('data:')) return fetchAudio(text, refuse.unreachable);
  const comma = text.indexOf(',');
  const head = /^data:([^;,]*)(?:;[^;,]+)*;base64$/.exec(text.slice(0, Math.max(0, comma)));
  if (head === null || !refuse.takesType((head[1] ?? '').toLowerCase())) throw refuse.dataUrl();
  return Buffer.from(text.slice(comma + 1), 'base64');
}

/** Time for a provider to fetch audio from an object store nearby. */
const FETCH_MS = 30_000;

/** Fetches an http(s) address, such as a presigned one. */
export async function fetchAudio(
  address: string,
  unreachable: (why: string) => Refusal,
): Promise<Uint8Array> {
  const url = URL.parse(address);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw unreachable('no http or https address');
  }
  const signal = AbortSignal.timeout(FETCH_MS);
  const response = await fetch(url, { signal }).catch(() => null);
  if (response?.ok === false) throw unreachable(`its server answered ${response.status}`);
  const bytes = await response?.arrayBuffer().catch(() => null);
  if (!bytes) throw unreachable('its server could not be reached');
  if (bytes.byteLength > BODY_LIMIT_BYTES) throw unreachable('the file is too large');
  return new Uint8Array(bytes);
}
