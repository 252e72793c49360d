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
  readonly download: (
    address: string,
    target: Target,
    options: { readonly signal: AbortSignal; readonly deadlineMs: number },
  ) => Promise<Answers['illustrate']>;
  readonly close: () => Promise<void>;
}

/**
 * Fetches the picture that a provider's answer points at. The address may be anything, so it passes the address guard,
 * no credentials are sent, the size is bounded, and the file must begin like a picture. The provider has done its
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

  return {
    download: async (address, target, { signal, deadlineMs }) => {
      const agent = target.privateDownloads ? open : guarded;
      const exchange = createExchange({ agent, userAgent });
      const end = performance.now() + Math.min(deadlineMs, DEADLINES_MS.download);
      let url = URL.parse(address);
      for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
        if (url === null) throw refused(target, 'it, or where it redirects to, is not a URL');
        const response = await fetchGuarded(url, target, exchange, { signal, end });
        const { status, headers, bytes } = response;
        if (status >= 200 && status < 300) return picture(bytes, target);
        if (!REDIRECTS.includes(status)) throw failed(target, status);
        url = URL.parse(headers['location'] ?? '', url.href);
      }
      throw refused(target, `it redirects more than ${MOST_REDIRECTS} times`);
    },
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
  { signal, end }: { readonly signal: AbortSignal; readonly end: number },
): Promise<WireResponse> {
  try {
    guardUrl(url, { allowPrivate: target.privateDownloads });
    return await exchange({
      method: 'GET',
      url: url.href,
      headers: { accept: 'image/*' },
      body: null,
      signal,
      deadlineMs: Math.max(end - performance.now(), 1),
      longestAnswerBytes: LONGEST_PICTURE_BYTES,
    });
  } catch (error) {
    const cause = error instanceof ExchangeError ? error.cause : error;
    if (cause instanceof AddressError) throw refused(target, cause.message, cause);
    if (!(error instanceof ExchangeError)) throw error;
    throw errorFor(target, null, {
      kind: error.reason === 'too_long' ? 'provider_bug' : 'transient',
      says: `: the server of its picture ${error.message}.`,
      charge: 'billed',
      cause: error,
    });
  }
}

/** Content networks use at most as many. */
const MOST_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Four times the longest PNG of 2048 x 2048. */
const LONGEST_PICTURE_BYTES = 64 * 1024 * 1024;

const refused = (target: Target, why: string, cause?: AddressError): InferenceError =>
  errorFor(target, null, {
    kind: 'provider_bug',
    says: `gave an address for its picture that is not fetched: ${why}. If it is your own server, set privateDownloads.`,
    charge: 'billed',
    cause,
  });

function failed(target: Target, status: number): InferenceError {
  const later = status === 408 || status === 425 || status === 429 || status >= 500;
  return errorFor(target, null, {
    kind: later ? 'transient' : 'provider_bug',
    says: `: the server of its picture answered ${status}. ${later ? 'It is retried.' : 'The picture is gone.'}`,
    status,
    charge: 'billed',
  });
}

function picture(bytes: Uint8Array, target: Target): Answers['illustrate'] {
  const mediaType = sniffPicture(bytes);
  if (mediaType !== null) return { bytes, mediaType };
  throw errorFor(target, null, {
    kind: 'provider_bug',
    says: 'pointed at a file that is neither PNG nor JPEG nor WebP.',
    charge: 'billed',
  });
}
