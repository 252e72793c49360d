import type { Elsewhere, Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Usage } from '../../../../workflows/contracts/stored-results.ts';
import { sniffPicture } from './sniff-picture.ts';
import { badReply } from './bad-reply.ts';
import { responseFacts, usageOf, word } from './response-facts.ts';

/** What an answer says of its picture: base64, an address, or neither. */
export interface SaidPicture {
  readonly base64?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly requestId?: string | null | undefined;
  readonly servedModel?: string | null | undefined;
  readonly usage?: Partial<Usage>;
}

/**
 * The picture itself where the answer holds it, as base64 or in a `data:` URL, else where it lies: providers delete
 * it soon, so it is fetched within the same call. What type it is its first bytes say, and nobody else.
 */
export function pictureReply(
  response: WireResponse,
  target: Target,
  said: SaidPicture,
): Parsed<'illustrate'> | Elsewhere<'illustrate'> {
  const facts = responseFacts(response);
  const rest = {
    usage: usageOf(response, { images: 1, ...said.usage }),
    ...facts,
    requestId: facts.requestId ?? word(said.requestId),
    servedModel: word(said.servedModel),
  };
  const base64 = filled(said.base64) ?? filled(said.url?.startsWith('data:') ? said.url : null);
  if (base64 !== null) {
    const bytes = Buffer.from(withoutHead(base64), 'base64');
    const mediaType = sniffPicture(bytes);
    if (mediaType === null) throw badReply(target, response, 'what it holds is not a picture');
    return { answer: { bytes, mediaType }, ...rest };
  }
  const url = filled(said.url);
  if (url === null) throw badReply(target, response, 'it holds no picture');
  const { protocol } = URL.parse(url) ?? { protocol: null };
  if (url.length > LONGEST_URL || (protocol !== 'https:' && protocol !== 'http:'))
    throw badReply(target, response, 'the address of its picture is not one of the web');
  return { pictureUrl: url, complete: (picture) => ({ answer: picture, ...rest }) };
}

/** Presigned addresses with session tokens have some 2,000 characters. */
const LONGEST_URL = 8192;

const filled = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : text;

/** `data:image/png;base64,…`: some servers put it before what they call base64. */
const withoutHead = (base64: string): string =>
  base64.startsWith('data:') ? base64.slice(base64.indexOf(',') + 1) : base64;
