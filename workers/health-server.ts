import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Worker } from '@temporalio/worker';

/** The answer of `/metrics`. */
export interface ScrapedMetrics {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/**
 * `/healthz`: the process is alive and no worker has failed. `/readyz`: every worker polls. Both answer with the state
 * of each queue as JSON; there are no queues until the workers are created. `/metrics`: for Prometheus. Throws when the
 * port is taken.
 */
export async function startHealthServer(
  workers: () => readonly Worker[],
  port: number,
  metrics?: ScrapedMetrics,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if (metrics !== undefined && request.url === '/metrics') {
      metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    const states = Object.fromEntries(
      workers().map((worker) => [worker.options.taskQueue, worker.getState()]),
    );
    const all = Object.values(states);
    const checks: Record<string, boolean> = {
      '/healthz': !all.includes('FAILED'),
      '/readyz': all.length > 0 && all.every((state) => state === 'RUNNING'),
    };
    const healthy = checks[request.url ?? ''];
    response
      .writeHead(healthy === undefined ? 404 : healthy ? 200 : 503, {
        'content-type': 'application/json',
      })
      .end(JSON.stringify({ queues: states }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const remedy = 'set HANSARD_PORT_HEALTH to another one, or to 0 for any free one';
    throw new Error(`port ${port} is taken: ${remedy}`, { cause: error });
  });
  const address = server.address();
  const chosen = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `http://127.0.0.1:${chosen}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
