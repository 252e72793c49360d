import type { z } from 'zod';
import { PREFER_COMMANDS } from '../gateway/http-words.ts';
import type { GatewayAddress } from './gateway-address.ts';
import { errorOf, GatewayUnreachableError, jsonOf, NoGatewayError } from './gateway-errors.ts';

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly json?: object;
  readonly body?: AskedBody;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The gateway reads files before it answers. */
  readonly isOfFiles?: boolean;
}

/** A file, and its type. Of what is sent as a stream, `sha256` (hex) reads it once more, where requests are signed. */
type AskedBody = { readonly type: string } & (
  | { readonly bytes: Uint8Array<ArrayBuffer> | string }
  | { readonly bytes: ReadableStream<Uint8Array>; readonly sha256: () => Promise<string> }
);

export type GatewayClient = ReturnType<typeof createGatewayClient>;

/** Asks the routes of a gateway below `/api`. Sends the key there and nowhere else: no redirect is followed. */
export function createGatewayClient(address: GatewayAddress) {
  const { place } = address;

  /** The answer, not read yet. Throws what it stands for, unless its status is one of success. */
  async function open(path: string, asked: Asked = {}): Promise<Response> {
    const response = await send(address, path, asked);
    if (response.ok) return response;
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new NoGatewayError(place, 'a redirect, which would take the key elsewhere');
    }
    throw errorOf(response.status, await textOf(response, PROBLEM_CHARACTERS, place), address);
  }

  return {
    place,
    open,
    /** The JSON of an answer. Throws what it stands for, and `NoGatewayError` for one of another form. */
    ask: async <T>(schema: z.ZodType<T>, path: string, asked: Asked = {}): Promise<T> => {
      const signal = AbortSignal.any([
        ...(asked.signal === undefined ? [] : [asked.signal]),
        AbortSignal.timeout(isOfFiles(asked) ? FILE_MS : ANSWER_MS),
      ]);
      const response = await open(path, { ...asked, signal });
      const body = jsonOf(await textOf(response, ANSWER_CHARACTERS, place));
      const parsed = schema.safeParse(body);
      if (parsed.success) return parsed.data;
      const [first] = parsed.error.issues;
      throw new NoGatewayError(place, `${path.split('/')[1]}: ${first?.path.join('.')}`);
    },
  };
}

async function send(
  { url, place, opener }: GatewayAddress,
  path: string,
  { method = 'GET', query = {}, json, body, headers, signal }: Asked,
): Promise<Response> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const content = json === undefined ? body : { bytes: JSON.stringify(json), type: JSON_TYPE };
  const asked = new URL(
    `${url}/api${path}${parameters.size === 0 ? '' : `?${parameters.toString()}`}`,
  );
  const opening = await openingHeaders(opener, method, asked, content);
  try {
    return await fetch(asked, {
      method,
      redirect: 'manual',
      headers: {
        ...opening,
        prefer: PREFER_COMMANDS,
        ...(content !== undefined && { 'content-type': content.type }),
        ...headers,
      },
      ...(content !== undefined && { body: content.bytes, duplex: 'half' }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    // Ctrl-C.
    if (signal?.reason instanceof Error && signal.reason.name === 'InterruptedError') {
      throw signal.reason;
    }
    throw new GatewayUnreachableError(place, error);
  }
}

/** The key itself, or a signature in its place. */
async function openingHeaders(
  opener: GatewayAddress['opener'],
  method: string,
  url: URL,
  content: AskedBody | undefined,
): Promise<Readonly<Record<string, string>>> {
  if ('key' in opener) return { authorization: `Bearer ${opener.key}` };
  const [{ sha256 }, { signRequest }] = await Promise.all([
    import('../../adapters/identity/digest.ts'),
    import('../../adapters/signatures/sign-request.ts'),
  ]);
  if (content === undefined) return signRequest({ method, url, body: null }, opener.signer);
  const digest = 'sha256' in content ? await content.sha256() : sha256(content.bytes);
  const body = { sha256: digest, type: content.type };
  return signRequest({ method, url, body }, opener.signer);
}
const isOfFiles = (asked: Asked): boolean => asked.body !== undefined || asked.isOfFiles === true;

const JSON_TYPE = 'application/json';
/** The gateway gives its routes a minute; one that takes a file, ten, after up to ten for the file. */
const ANSWER_MS = 90_000;
const FILE_MS = 1_200_000;
const PROBLEM_CHARACTERS = 100_000;
/** The explanation of a day's minutes has some millions. */
const ANSWER_CHARACTERS = 100_000_000;

/** The text of an answer, of so many characters at most. */
async function textOf(response: Response, most: number, place: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const block of response.body ?? []) {
      text += decoder.decode(block, { stream: true });
      if (text.length > most) break;
    }
  } catch (error) {
    throw new GatewayUnreachableError(place, error);
  }
  if (text.length > most) throw new NoGatewayError(place, `more than ${most} characters`);
  return text + decoder.decode();
}
