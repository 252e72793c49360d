import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The status of an answer, and its headers. */
type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>];

/**
 * A server on the loopback that webhooks are sent to. It answers each path with the answers that it was given for it, in
 * turn, and then with 204.
 */
export async function openReceiver() {
  const received: Received[] = [];
  const answers = new Map<string, Answer[]>();
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '/';
      received.push({ path, headers: request.headers, body: await text(request) });
      const [status, headers] = answers.get(path)?.shift() ?? [204];
      response.writeHead(status, headers).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    answer: (path: string, ...given: Answer[]) => {
      answers.set(path, given);
    },
    at: (path: string) => received.filter((one) => one.path === path),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
