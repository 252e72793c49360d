import { once } from 'node:events';
import { createServer } from 'node:http';

/** An object store of one file, of which a provider may fetch `path`; other paths are not there. */
export async function serveFile(path: string, bytes: Uint8Array) {
  const server = createServer((request, response) => {
    const found = request.url === path;
    response.writeHead(found ? 200 : 404).end(found ? bytes : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
