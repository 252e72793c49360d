import { BODY_LIMIT_BYTES } from './read-body.ts';

export class MediaUnreachable extends Error {
  override readonly name = 'MediaUnreachable';
}

/** Null: no data URL in base64. */
export function readDataUrl(
  text: string,
): { readonly mediaType: string; readonly bytes: Uint8Array } | null {
  const comma = text.indexOf(',');
  const head = /^data:([^;,]*)(?:;[^;,]+)*;base64$/.exec(text.slice(0, Math.max(0, comma)));
  if (head === null) return null;
  return {
    mediaType: (head[1] ?? '').toLowerCase(),
    bytes: Buffer.from(text.slice(comma + 1), 'base64'),
  };
}

/** Time for a provider to fetch what it is to work on, from an object store nearby. */
const FETCH_MS = 30_000;

/** What lies at an http(s) address, such as a presigned one. Rejects with `MediaUnreachable`. */
export async function fetchMedia(address: string): Promise<Uint8Array> {
  const url = URL.parse(address);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new MediaUnreachable('no http or https address');
  }
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok) throw new MediaUnreachable(`its server answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > BODY_LIMIT_BYTES) throw new MediaUnreachable('the file is too large');
    return bytes;
  } catch (error) {
    if (error instanceof MediaUnreachable) throw error;
    throw new MediaUnreachable('its server could not be reached', { cause: error });
  }
}
