import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * A server in front of an inference server that passes each request on once: the same bytes for the same address get the
 * same answer. Recordings that decode to the same samples so cost Whisper one reading; another sample is another request.
 */
export async function shareReadings(inferenceUrl: string) {
  const answers = new Map<string, Promise<Answer>>();
  const ask = async (
    url: string,
    method: string,
    headers: Record<string, string>,
    body: Buffer<ArrayBuffer>,
  ): Promise<Answer> => {
    const response = await fetch(`${inferenceUrl}${url}`, {
      method,
      headers,
      ...(body.length > 0 && { body }),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? 'application/json',
      bytes: await response.bytes(),
    };
  };
  const server = createServer((request, response) => {
    void (async () => {
      const { url = '/', method = 'GET' } = request;
      const body = Buffer.from(await buffer(request));
      const headers = Object.fromEntries(
        ['authorization', 'content-type', 'accept'].flatMap((name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? [[name, value]] : [];
        }),
      );
      const digest = createHash('sha256').update(`${method} ${url}\n`).update(body).digest('hex');
      const asked = answers.get(digest) ?? ask(url, method, headers, body);
      answers.set(digest, asked);
      const answer = await asked.catch(() => null);
      if (answer?.status !== 200) answers.delete(digest);
      response.writeHead(answer?.status ?? 502, { 'content-type': answer?.type ?? 'text/plain' });
      response.end(answer?.bytes);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** How many different requests were passed on. */
    readings: () => answers.size,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
