import type { WireResponse } from '../wire/wire-message.ts';
import type { Exchange } from '../wire/exchange.ts';

export interface Hub {
  readonly exchange: Exchange;
  /** Normalised. */
  readonly hubUrl: string;
  /** The first is sent, to the hub alone. */
  readonly hubTokens: readonly string[];
  /** By which to fetch what does not lie at the hub; rejects an address that must not be fetched for somebody else. */
  readonly guard: (url: URL) => Promise<Exchange>;
}

/**
 * The bytes of a repository's `tokenizer.json`. The hub sends large files' readers on to other hosts: they are
 * followed without the token, and only to addresses that the guard lets pass. Throws where there is none to be had.
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
  throw new Error('the hub sends us from one address to the next');
}

/** Gemma's, the longest that we know, has 35 MB. */
const LONGEST_TOKENIZER_BYTES = 64 * 1024 * 1024;
/** 35 MB at 5 Mbit/s; sections wait for it, once. */
const DEADLINE_MS = 60_000;
const MOST_REDIRECTS = 3;

function nextAddress({ status, headers }: WireResponse, from: URL): URL {
  const { location } = headers;
  if (status < 300 || status > 399 || location === undefined)
    throw new Error(`the hub answered ${status}`);
  const next = URL.parse(location, from.href);
  if (next === null) throw new Error('the hub sends us to what is no address');
  if (next.protocol !== 'https:' && !(next.protocol === 'http:' && from.protocol === 'http:'))
    throw new Error('the hub sends us to what is not https');
  next.username = '';
  next.password = '';
  return next;
}
