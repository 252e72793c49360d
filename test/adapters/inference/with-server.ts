import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

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

/** A server that speaks bytes: `say` gets each connection once its request's first bytes are there. */
export async function withRawServer<T>(
  say: (socket: Socket, connection: number) => void,
  use: (baseUrl: string) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    const connection = sockets.size;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => say(socket, connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}
