import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on the loopback interface for as long as `use` runs. */
export async function withServer<T>(
  answer: RequestListener,
  use: (baseUrl: string, server: Server) => Promise<T>,
): Promise<T> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}
