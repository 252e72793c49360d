import type { FastifyRequest } from 'fastify';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import type { FileStore } from '../kept-results.ts';
import type { TranscribeRequest, Transcriber, Transcription } from '../models/transcriber.ts';
import { drawOrder, type PictureOrder } from '../picture-order.ts';
import { toAddress } from '../read-request.ts';
import type { Refusal } from '../refusal.ts';
import { readAudioAddress, requireLanguage, transcribe } from '../speech.ts';

/** What the providers with a queue need. */
export interface Parts {
  readonly transcriber: Transcriber;
  readonly files: FileStore;
  readonly queueDelayMs: number;
}

/** A request that was checked and can be run at once or queued. */
export interface Order {
  readonly inputDigest: string;
  readonly run: () => Promise<object>;
}

/** A picture, answered by its address. */
export const orderPicture = (
  request: FastifyRequest,
  { files }: Parts,
  picture: PictureOrder,
  toResult: (address: string) => object,
): Order => ({
  inputDigest: digestOf(picture),
  run: async () => toResult(toAddress(request, files.put(await drawOrder(picture), 'png'))),
});

/** A transcription of the audio at an address or in a data URL. */
export async function orderSpeech(
  { transcriber }: Parts,
  speech: Partial<TranscribeRequest> & { readonly address: string },
  refuse: Parameters<typeof readAudioAddress>[1] & {
    readonly language: () => Refusal;
    readonly unreadable: () => Refusal;
  },
  toResult: (transcription: Transcription) => object,
): Promise<Order> {
  const { address, language: wanted = null, ...options } = speech;
  const language = requireLanguage(wanted, transcriber, refuse.language);
  const audio = await readAudioAddress(address, refuse);
  return {
    inputDigest: sha256(audio),
    run: async () =>
      toResult(await transcribe(transcriber, { ...options, audio, language }, refuse.unreadable)),
  };
}
