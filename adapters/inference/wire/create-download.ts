import { Agent } from 'undici';
import type { Answers } from '../protocols/contract.ts';
import { sniffPicture } from '../protocols/reading/picture-reply.ts';
import type { Target } from '../targets/target.ts';
import { errorFor, type InferenceError } from '../verdicts/inference-error.ts';
import { AddressError, createGuardedAgent, guardUrl, type ResolveHost } from './address-guard.ts';
import { DEADLINES_MS } from './deadlines.ts';
import { createExchange, ExchangeError, type Exchange } from './exchange.ts';
import type { WireResponse } from './wire-message.ts';

export interface Download {
  /** The picture at an address that a provider named. */
  readonly download: Fetch<Answers['illustrate']>;
  /** The text at an address that a provider named. */
  readonly downloadText: Fetch<string>;
  readonly close: () => Promise<void>;
}

type Fetch<T> = (
  address: string,
  target: Target,
  options: { readonly signal: AbortSignal; readonly deadlineMs: number },
) => Promise<T>;

/**
 * Fetches the file that a provider's answer points at. The address may be anything, so it passes the address guard,
 * no credentials are sent, the size is bounded, and the file must be what it is fetched as. The provider has done its
 * work, so every `InferenceError` has the charge `billed`; it is `transient` if the file may be available later, else
 * `provider_bug`.
 */
export function createDownload({
  userAgent,
  resolveHost,
}: {
  readonly userAgent: string;
  readonly resolveHost?: ResolveHost;
}): Download {
  const guarded = createGuardedAgent({ resolveHost });
  const open = new Agent({
    connect: { timeout: DEADLINES_MS.connect },
    connections: 10,
    allowH2: false,
  });

  const fetchAs =
    <T>(form: FileForm<T>): Fetch<T> =>
    async (address, target, { signal, deadlineMs }) => {
      const agent = target.privateDownloads ? open : guarded;
      const exchange = createExchange({ agent, userAgent });
      const end = performance.now() + Math.min(deadlineMs, DEADLINES_MS.download);
      let url = URL.parse(address);
      for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
        if (url === null) throw refused(target, form, 'it, or where it redirects to, is not a URL');
        const response = await fetchGuarded(url, target, exchange, form, { signal, end });
        const { status, headers } = response;
        if (status >= 200 && status < 300) return form.read(response, target);
        if (!REDIRECTS.includes(status)) throw failed(target, form, status);
        url = URL.parse(headers['location'] ?? '', url.href);
      }
      throw refused(target, form, `it redirects more than ${MOST_REDIRECTS} times`);
    };

  return {
    download: fetchAs(PICTURE),
    downloadText: fetchAs(TEXT),
    close: async () => {
      await Promise.all([guarded.close(), open.close()]);
    },
  };
}

/** `end` is by `performance.now()`. */
async function fetchGuarded(
  url: URL,
  target: Target,
  exchange: Exchange,
  { name, accept, longestBytes }: FileForm<unknown>,
  { signal, end }: { readonly signal: AbortSignal; readonly end: number },
): Promise<WireResponse> {
  try {
    guardUrl(url, { allowPrivate: target.privateDownloads });
    return await exchange({
      method: 'GET',
      url: url.href,
      headers: { accept },
      body: null,
      signal,
      deadlineMs: Math.max(end - performance.now(), 1),
      longestAnswerBytes: longestBytes,
    });
  } catch (error) {
    const cause = error instanceof ExchangeError ? error.cause : error;
    if (cause instanceof AddressError) throw refused(target, { name }, cause.message, cause);
    if (!(error instanceof ExchangeError)) throw error;
    throw errorFor(target, null, {
      kind: error.reason === 'too_long' ? 'provider_bug' : 'transient',
      says: `: the server of its ${name} ${error.message}.`,
      charge: 'billed',
      cause: error,
    });
  }
}

/** Content networks use at most as many. */
const MOST_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

interface FileForm<T> {
  readonly name: string;
  readonly accept: string;
  readonly longestBytes: number;
  /** Throws if the file is something else. */
  readonly read: (response: WireResponse, target: Target) => T;
}
type Named = Pick<FileForm<unknown>, 'name'>;

const PICTURE: FileForm<Answers['illustrate']> = {
  name: 'picture',
  accept: 'image/*',
  // Four times the longest PNG of 2048 x 2048.
  longestBytes: 64 * 1024 * 1024,
  read: ({ bytes }, target) => {
    const mediaType = sniffPicture(bytes);
    if (mediaType !== null) return { bytes, mediaType };
    throw strange(target, 'pointed at a file that is neither PNG nor JPEG nor WebP.');
  },
};

const TEXT: FileForm<string> = {
  name: 'transcript',
  accept: 'text/plain',
  // Four times as much as anybody can say in the longest chunk, five minutes.
  longestBytes: 1024 * 1024,
  read: ({ headers, bytes }, target) => {
    const isPage = /^\s*text\/html/i.test(headers['content-type'] ?? '');
    try {
      if (!isPage) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      // Told below.
    }
    throw strange(target, 'pointed at a file that is no plain text in UTF-8.');
  },
};

const refused = (
  target: Target,
  { name }: Named,
  why: string,
  cause?: AddressError,
): InferenceError =>
  errorFor(target, null, {
    kind: 'provider_bug',
    says: `gave an address for its ${name} that is not fetched: ${why}. If it is your own server, set privateDownloads.`,
    charge: 'billed',
    cause,
  });

function failed(target: Target, { name }: Named, status: number): InferenceError {
  const later = status === 408 || status === 425 || status === 429 || status >= 500;
  return errorFor(target, null, {
    kind: later ? 'transient' : 'provider_bug',
    says: `: the server of its ${name} answered ${status}. ${later ? 'It is retried.' : `The ${name} is gone.`}`,
    status,
    charge: 'billed',
  });
}

const strange = (target: Target, says: string): InferenceError =>
  errorFor(target, null, { kind: 'provider_bug', says, charge: 'billed' });
