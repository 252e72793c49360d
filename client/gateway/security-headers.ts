import helmet from 'helmet';
import type { GatewayApp } from './gateway-app.ts';

/** Headers of every answer: nothing may be loaded, framed or kept unless a route says otherwise. */
export function addSecurityHeaders(app: GatewayApp): void {
  // Made once: helmet's own plugin for Fastify makes all of them anew for every request.
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
    setHeaders(request.raw, reply.raw, () => done());
  });
}
