import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Worker } from '@temporalio/worker';

export interface HealthServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

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
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (metrics !== undefined && request.url === '/metrics') {
      void answerMetrics(metrics, response);
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
    response.writeHead(healthy === undefined ? 404 : healthy ? 200 : 503, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ queues: states }));
  });
  await listen(server, port);
  const address = server.address();
  const chosen = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `http://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerMetrics(
  { contentType, text }: ScrapedMetrics,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await text();
    response.writeHead(200, { 'content-type': contentType });
    response.end(body);
  } catch {
    response.writeHead(500);
    response.end();
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `port ${port} is taken: set HANSARD_PORT_HEALTH to another one, or to 0 for any free one`,
              { cause: error },
            )
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
