/** An issuer does not answer, or not as one. The message names it, and the cause is for the logs. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}

const MOST_BYTES = 1_000_000;

/** `fetch` for issuers, that reads no more than 1 MB of an answer. Throws what `fetch` throws, and a `TypeError` for more. */
export async function boundedFetch(
  url: string,
  {
    body,
    ...options
  }: Omit<RequestInit, 'body'> & { readonly body?: RequestInit['body'] | undefined },
): Promise<Response> {
  const response = await fetch(url, { ...options, ...(body !== undefined && { body }) });
  if (response.body === null) return response;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > MOST_BYTES) throw new TypeError('the answer is longer than 1 MB');
    chunks.push(chunk);
  }
  const { status, statusText, headers } = response;
  return new Response(new Blob(chunks), { status, statusText, headers });
}
