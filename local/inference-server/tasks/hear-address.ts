import { fetchMedia, MediaUnreachable, readDataUrl } from '../http/media.ts';
import type { Refusal } from '../http/refusal.ts';
import {
  UnreadableAudio,
  type TranscribeRequest,
  type Transcriber,
  type Transcription,
} from '../models/transcriber.ts';

/** The audio that a JSON request holds as a data URL, or names by an address. */
export async function readAudioAddress(
  text: string,
  refuse: {
    readonly dataUrl: () => Refusal;
    readonly unreachable: (why: string) => Refusal;
    /** Of a data URL. */
    readonly takesType: (mediaType: string) => boolean;
  },
): Promise<Uint8Array> {
  if (text.startsWith('data:')) {
    const data = readDataUrl(text);
    if (data === null || !refuse.takesType(data.mediaType)) throw refuse.dataUrl();
    return data.bytes;
  }
  return fetchMedia(text).catch((error: unknown) => {
    throw error instanceof MediaUnreachable ? refuse.unreachable(error.message) : error;
  });
}

/** The whole audio, however long it is. */
export const hear = (
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
