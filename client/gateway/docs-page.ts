import scalar from '@scalar/fastify-api-reference';
import type { GatewayApp } from './gateway-app.ts';

/**
 * `/docs`: the document of `/openapi.json` to browse, with a page and a script of our own server. The script puts styles
 * into the page, so its policy differs from that of every other answer.
 */
export async function addDocsPage(app: GatewayApp): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      const contentSecurityPolicy = { useDefaults: false, directives };
      // Where the plugin looks for it: it has read `helmet` of the route by now.
      const helmet = { enableCSPNonces: true, contentSecurityPolicy };
      route.config = Object.assign({}, route.config, { action: 'public', helmet });
    });
    docs.addHook('onSend', async (_, reply, payload) =>
      typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
        ? payload.replaceAll(NONCE, reply.cspNonce.script)
        : payload,
    );
    await docs.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        nonce: NONCE,
        pageTitle: 'Hansard',
        withDefaultFonts: false,
        telemetry: false,
      },
    });
  });
}

/** Stands in the page for what is another value in every answer. */
const NONCE = 'nonce-of-this-answer';

const directives = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'", 'data:'],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  imgSrc: ["'self'", 'data:'],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  styleSrcAttr: ["'unsafe-inline'"],
};
