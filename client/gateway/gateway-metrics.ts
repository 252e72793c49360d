import { Histogram, Registry } from 'prom-client';

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;

/** Metrics of what the gateway answers. Uses a registry of its own. */
export function createGatewayMetrics() {
  const registry = new Registry();
  const seconds = new Histogram({
    name: 'hansard_gateway_request_seconds',
    help: 'Time of a request, by method, pattern of the route, and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  return {
    /** `route` is a pattern, so that what a client sends creates no new series; null: there is no such route. */
    observe: (method: string, route: string | null, status: number, milliseconds: number): void => {
      const labels = route === null ? { method: 'other', route: 'other' } : { method, route };
      seconds.observe({ ...labels, status: String(status) }, milliseconds / 1_000);
    },
    /** The media type of `text`. */
    contentType: registry.contentType,
    /** In Prometheus' exposition format. */
    text: async (): Promise<string> => await registry.metrics(),
  };
}
