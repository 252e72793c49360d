import { once } from 'node:events';
import { createServer } from 'node:net';

/** Returns the port if it is free; 0 selects any free port. If it is taken, throws an error that names `variable`. */
export async function choosePort(wanted = 0, variable = '', holder?: string): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return address.port;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const by = holder === undefined ? '' : ` by ${holder}`;
    throw new Error(
      `port ${wanted} is used${by}. Set ${variable} (0 is any free port), or stop the program that uses it.`,
      { cause: error },
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
