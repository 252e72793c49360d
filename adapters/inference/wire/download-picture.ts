import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { Answers } from '../protocols/contract.ts';
import type { Target } from '../targets/target.ts';
import type { WireResponse } from './wire-message.ts';
import type { ResolveHost } from './address-guard.ts';
import { AddressError, createGuardedAgent, guardUrl } from './address-guard.ts';
import { DEADLINES_MS } from './deadlines.ts';
import { createExchange, ExchangeError } from './exchange.ts';
import { InferenceError } from '../verdicts/inference-error.ts';
import { sniffPicture } from '../protocols/reading/picture-reply.ts';

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
  const guarded = createGuardedAgent(resolveHost === undefined ? {} : { resolveHost });
  const open = new Agent({
    connect: { timeout: DEADLINES_MS.connect },
    connections: 10,
    allowH2: false,
  });

  return {
    download: async (address, target, { signal, deadlineMs }) => {
      signal.throwIfAborted();
      if (address.startsWith('data:')) return picture(bytesOfDataUrl(address, target), target);
      const url = URL.parse(address);
      if (url === null) throw refused(target, 'it is not a URL');
      const end = performance.now() + Math.min(deadlineMs, DEADLINES_MS.download);
      const agent = target.privateDownloads ? open : guarded;
      return picture(await fetchGuarded(url, target, { agent, userAgent, signal, end }), target);
    },
    close: async () => {
      await Promise.all([guarded.close(), open.close()]);
    },
  };
}

interface Route {
  readonly agent: Dispatcher;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** By `performance.now()`. */
  readonly end: number;
}

async function fetchGuarded(first: URL, target: Target, route: Route): Promise<Uint8Array> {
  const exchange = createExchange(route);
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await guardedStep(url, target, route, exchange);
    const { status, headers, bytes } = response;
    if (status >= 200 && status < 300) return bytes;
    if (!REDIRECTS.includes(status)) throw failed(target, response);
    const next = URL.parse(headers['location'] ?? '', url.href);
    if (next === null) throw refused(target, 'its redirect has no valid location');
    url = next;
  }
  throw refused(target, `it redirects more than ${MOST_REDIRECTS} times`);
}

async function guardedStep(
  url: URL,
  target: Target,
  { signal, end }: Route,
  exchange: ReturnType<typeof createExchange>,
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
    throw new InferenceError(`${target.name}: the server of its picture ${error.message}.`, {
      kind: error.reason === 'too_long' ? 'provider_bug' : 'transient',
      target: target.name,
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
  new InferenceError(
    `${target.name} gave an address for its picture that is not fetched: ${why}. If it is your own server, set privateDownloads.`,
    { kind: 'provider_bug', target: target.name, charge: 'billed', cause },
  );

function failed(target: Target, { status }: WireResponse): InferenceError {
  const later = status === 408 || status === 425 || status === 429 || status >= 500;
  return new InferenceError(
    `${target.name}: the server of its picture answered ${status}. ${later ? 'It is retried.' : 'The picture is gone.'}`,
    {
      kind: later ? 'transient' : 'provider_bug',
      target: target.name,
      status,
      charge: 'billed',
    },
  );
}

function bytesOfDataUrl(address: string, target: Target): Uint8Array {
  const comma = address.indexOf(',');
  const inBase64 =
    comma > 0 && /;\s*base64\s*$/i.test(address.slice(Math.max(comma - 20, 0), comma));
  if (!inBase64) throw refused(target, 'it is not base64');
  if ((address.length - comma) * 0.75 > LONGEST_PICTURE_BYTES)
    throw refused(target, `it has more than ${LONGEST_PICTURE_BYTES} bytes`);
  return Buffer.from(address.slice(comma + 1), 'base64');
}

function picture(bytes: Uint8Array, target: Target): Answers['illustrate'] {
  const mediaType = sniffPicture(bytes);
  if (mediaType === null)
    throw new InferenceError(
      `${target.name} pointed at a file that is neither PNG nor JPEG nor WebP.`,
      { kind: 'provider_bug', target: target.name, charge: 'billed' },
    );
  return { bytes, mediaType };
}
