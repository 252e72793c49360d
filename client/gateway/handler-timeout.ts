import { errorCodes, type FastifyRequest } from 'fastify';
import type { GatewayApp } from './gateway-app.ts';

/** Requests whose handlers ran out of time as we counted it. */
const outOfTime = new WeakSet<FastifyRequest>();

/**
 * Answers requests with a body, too, when their `handlerTimeout` is over: Fastify (5.12) forgets it once a body was read to
 * its end, because it takes the `close` of the request for that of the connection.
 */
export function addHandlerTimeout(app: GatewayApp): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  app.addHook('preHandler', (request, reply, done) => {
    const { method, routeOptions } = request;
    const { handlerTimeout: ms, url } = routeOptions;
    if (ms > 0 && method !== 'GET') {
      const timer = setTimeout(() => {
        if (reply.sent || isToldByFastify(request)) return;
        outOfTime.add(request);
        reply.send(new errorCodes.FST_ERR_HANDLER_TIMEOUT(String(ms), url));
      }, ms);
      timers.set(request, timer.unref());
    }
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    clearTimeout(timers.get(request));
    // What the handler answers at last is dropped: Fastify would log it with the address, and with it what was searched for.
    if (isOutOfTime(request)) reply.hijack();
    done();
  });
}

/** Whether the handler ran out of time: it may go on, though the client was answered. */
export const isOutOfTime = (request: FastifyRequest): boolean =>
  outOfTime.has(request) || isToldByFastify(request);

/** It aborts with this reason; without one, the request was only read to its end, or its client has left. */
function isToldByFastify({ signal }: FastifyRequest): boolean {
  const reason: unknown = signal.reason;
  return reason instanceof Error && 'code' in reason && reason.code === 'FST_ERR_HANDLER_TIMEOUT';
}
