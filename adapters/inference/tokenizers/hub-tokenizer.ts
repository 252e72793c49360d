import { z } from 'zod';
import type { WireResponse } from '../wire/wire-message.ts';
import { AddressError, guardAddress, guardUrl } from '../wire/address-guard.ts';
import type { Exchange } from '../wire/exchange.ts';
import { inSlices } from './token-counter.ts';

/** `owner/name`, as the hub allows it. */
export const HUB_REPOSITORY = /^[\w-][\w.-]{0,95}\/[\w-][\w.-]{0,95}$/;

export interface Hub {
  readonly exchange: Exchange;
  /** Normalised. */
  readonly hubUrl: string;
  /** The first is sent, to the hub only. */
  readonly hubTokens: readonly string[];
  /** The exchange for an address outside the hub; rejects an address that must not be fetched. */
  readonly guard: (url: URL) => Promise<Exchange>;
}

/**
 * The bytes of a repository's `tokenizer.json`. The hub redirects to other hosts for large files: redirects are
 * followed without the token, and only to addresses that the guard allows. Throws if it cannot be fetched.
 */
export async function fetchTokenizer(
  { exchange, hubUrl, hubTokens, guard }: Hub,
  repository: string,
): Promise<Uint8Array> {
  const hub = new URL(hubUrl);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  let url = new URL(`${hubUrl}/${repository}/resolve/main/tokenizer.json`);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const atHub = url.origin === hub.origin;
    const fetchIt = atHub ? exchange : await guard(url);
    const [token] = hubTokens;
    const response = await fetchIt({
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
 * Chooses the exchange for an address that the hub redirects to. By default `guarded`, which connects to public
 * addresses only, whatever DNS answers later. If the configured hub is private itself, `exchange`, which connects to
 * any address. Rejects with `AddressError`.
 */
export function createHubGuard({
  hubUrl,
  exchange,
  guarded,
}: {
  readonly hubUrl: string;
  readonly exchange: Exchange;
  readonly guarded: Exchange;
}): (url: URL) => Promise<Exchange> {
  let isPrivate: Promise<boolean> | null = null;
  return async (url) => {
    isPrivate ??= isPrivateHub(new URL(hubUrl));
    const allowPrivate = await isPrivate;
    guardUrl(url, { allowPrivate });
    return allowPrivate ? exchange : guarded;
  };
}

async function isPrivateHub(hub: URL): Promise<boolean> {
  try {
    await guardAddress(hub);
    return false;
  } catch (error) {
    // If DNS does not answer, the strict rule applies.
    return error instanceof AddressError;
  }
}

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
