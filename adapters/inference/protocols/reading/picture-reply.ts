import type { Elsewhere, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { isFileAddress } from '../../wire/address-guard.ts';
import { badReply } from './reply-errors.ts';
import { replyFacts, type Told } from './response-facts.ts';

/**
 * The picture, if the reply holds it as base64 or in a `data:` URL; else its address. Providers delete pictures soon, so
 * the same call fetches it. Only the first bytes decide its type.
 */
export function pictureReply(
  response: WireResponse,
  target: Target,
  reported: {
    readonly base64?: string | null | undefined;
    readonly url?: string | null | undefined;
  },
  told: Told = {},
): Parsed<'illustrate'> | Elsewhere<'illustrate'> {
  const facts = replyFacts(response, { images: 1, ...told });
  const url = filled(reported.url);
  const base64 = filled(reported.base64) ?? (url?.startsWith('data:') ? url : null);
  if (base64 !== null) {
    // Some servers put `data:image/png;base64,` in front of the base64.
    const head = base64.startsWith('data:') ? base64.indexOf(',') + 1 : 0;
    const bytes = Buffer.from(base64.slice(head), 'base64');
    const mediaType = sniffPicture(bytes);
    if (mediaType === null)
      throw badReply(target, response, 'it holds something else than a picture');
    return { answer: { bytes, mediaType }, ...facts };
  }
  if (url === null) throw badReply(target, response, 'it holds no picture');
  if (!isFileAddress(url))
    throw badReply(target, response, 'the address of its picture is not http or https');
  return { pictureUrl: url, complete: (picture) => ({ answer: picture, ...facts }) };
}

const filled = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : text;

/** The picture's type, by its first bytes; null: no type that Hansard publishes. */
export function sniffPicture(bytes: Uint8Array): 'image/png' | 'image/jpeg' | 'image/webp' | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.slice(8) === 'WEBP') return 'image/webp';
  return null;
}
