import { z } from 'zod';
import type { WireResponse } from '../wire/wire-message.ts';
import { AddressError, guardAddress, guardUrl } from '../wire/address-guard.ts';
import type { Exchange } from '../wire/exchange.ts';
import { inSlices } from './token-counter.ts';

/** `owner/name`, as the hub allows it. */
export const HUB_REPOSITORY = /^[\w-][\w.-]{0,95}\/[\w-][\w.-]{0,95}$/;

export interface Hub {
  readonly exchange: Exchange;
  /** Connects to public addresses only, whatever DNS answers later. */
  readonly guarded: Exchange;
  /** Normalised. */
  readonly hubUrl: string;
  /** The first is sent, to the hub only. */
  readonly hubTokens: readonly string[];
}

/**
 * The bytes of a repository's `tokenizer.json`. The hub redirects to other hosts for large files: redirects are
 * followed without the token, and only to addresses that the guard allows. Throws if it cannot be fetched.
 */
export async function fetchTokenizer(hub: Hub, repository: string): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const first = new URL(`${hub.hubUrl}/${repository}/resolve/main/tokenizer.json`);
  const [token] = hub.hubTokens;
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const atHub = url.origin === first.origin;
    const exchange = atHub ? hub.exchange : await exchangeFor(url, hub);
    const response = await exchange({
      method: 'GET',
      url: url.href,
      headers: {
        accept: 'application/json',
        ...(atHub && token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: null,
      signal,
      deadlineMs: DEADLINE_MS,
      longestAnswerBytes: LONGEST_TOKENIZER_BYTES,
    });
    if (response.status === 200) return response.bytes;
    url = nextAddress(response, url);
  }
  throw new Error('the hub redirects too often');
}

/** The longest known is Gemma's, with 35 MB. */
const LONGEST_TOKENIZER_BYTES = 64 * 1024 * 1024;
/** 35 MB at 5 Mbit/s; sections wait for it once. */
const DEADLINE_MS = 60_000;
const MOST_REDIRECTS = 3;

function nextAddress({ status, headers }: WireResponse, from: URL): URL {
  const { location } = headers;
  if (status < 300 || status > 399 || location === undefined)
    throw new Error(`the hub answered ${status}`);
  const next = URL.parse(location, from.href);
  if (next === null) throw new Error('the hub redirects to an invalid address');
  if (next.protocol !== 'https:' && !(next.protocol === 'http:' && from.protocol === 'http:'))
    throw new Error('the hub redirects to an address without https');
  next.username = '';
  next.password = '';
  return next;
}

/**
 * The exchange for an address that the hub redirects to: `guarded`, or, if the configured hub is private itself,
 * `exchange`. Rejects with `AddressError`.
 */
export async function exchangeFor(
  url: URL,
  { hubUrl, exchange, guarded }: Omit<Hub, 'hubTokens'>,
): Promise<Exchange> {
  const allowPrivate = await isPrivate(new URL(hubUrl));
  guardUrl(url, { allowPrivate });
  return allowPrivate ? exchange : guarded;
}

const isPrivate = (hub: URL): Promise<boolean> =>
  guardAddress(hub).then(
    () => false,
    // If DNS does not answer, the strict rule applies.
    (error: unknown) => error instanceof AddressError,
  );

/** Checks only that the file is a tokenizer; the library reads the rest. */
const tokenizerSchema = z.looseObject({ model: z.looseObject({}) });

/** The counting function of a `tokenizer.json`. Throws if it is another file or an unknown kind of tokenizer. */
export async function parseTokenizer(bytes: Uint8Array): Promise<(text: string) => number> {
  const json = tokenizerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(json, {});
  const count = (text: string): number =>
    text === '' ? 0 : tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  if (!(count('Good morning, 大家好.') > 0)) throw new Error('this tokenizer counts no tokens');
  return (text) => inSlices(text, count);
}
