import helmet from '@fastify/helmet';
import type { GatewayApp } from './gateway-app.ts';

/** Headers of every answer: nothing may be loaded, framed or kept unless a route says otherwise. */
export async function addSecurityHeaders(app: GatewayApp): Promise<void> {
  await app.register(helmet, {
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
    done();
  });
}
