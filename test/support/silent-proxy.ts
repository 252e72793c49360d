import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can fall silent, as after a failover or behind a router that forgot the connection. */
export interface SilentProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on, open connections stay open and carry nothing in either direction, for ever; new ones too. */
  readonly fallSilent: () => void;
  /** New connections are carried again; those that fell silent stay silent. */
  readonly carryNew: () => void;
  /** How many connections it accepted so far. */
  readonly accepted: () => number;
}

/**
 * Carries the first `carried` connections (default: all) to the server of `url`. It acknowledges what it swallows, so TCP
 * notices nothing.
 */
export async function startSilentProxy(
  url: string,
  { carried = Infinity }: { readonly carried?: number } = {},
): Promise<SilentProxy> {
  const { hostname, port } = new URL(url.includes('://') ? url : `tcp://${url}`);
  const sockets = new Set<Socket>();
  let swallow = { all: false };
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true }, (from) => {
    accepted += 1;
    const mine = accepted <= carried ? swallow : { all: true };
    const to = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => void (mine.all || other.write(bytes)));
      one.on('error', () => one.destroy());
      // The end of a connection is swallowed as well.
      one.on('end', () => void (mine.all || other.end()));
      one.on('close', () => {
        sockets.delete(one);
        if (!mine.all) other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    fallSilent: () => {
      swallow.all = true;
    },
    carryNew: () => {
      swallow = { all: false };
    },
    accepted: () => accepted,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
