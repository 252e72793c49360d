import scalar from '@scalar/fastify-api-reference';
import { randomBytes } from 'node:crypto';
import type { GatewayApp } from './gateway-app.ts';

/**
 * `/docs`: the document of `/openapi.json` to browse, with a page and a script of our own server. The page has a script and
 * styles in itself, so its policy differs from that of every other answer.
 */
export async function addDocsPage(app: GatewayApp): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = Object.assign({}, route.config, { action: 'public' });
    });
    docs.addHook('onSend', async (_, reply, payload) => {
      const type = String(reply.getHeader('content-type'));
      if (typeof payload !== 'string' || !type.startsWith('text/html')) return payload;
      const nonce = randomBytes(16).toString('hex');
      reply.header('content-security-policy', policyWith(nonce));
      return payload.replaceAll(NONCE, nonce);
    });
    await docs.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        nonce: NONCE,
        pageTitle: 'Hansard',
        favicon: 'data:,',
        documentDownloadType: 'json',
        // What these would ask is elsewhere.
        agent: { disabled: true },
        hideClientButton: true,
        mcp: { disabled: true },
        showDeveloperTools: 'never',
        telemetry: false,
        withDefaultFonts: false,
      },
    });
  });
}

/** Stands in the page for what is another value in every answer. */
const NONCE = 'nonce-of-this-answer';

/** Of the styles that the script adds without the nonce: for short messages, and for its colours. */
const STYLES =
  "'sha256-l/2OpPg0d+2VLTLgwjf5mQo2CYwHDEqdj5TjbfEyVJI=' 'sha256-T13Uev3xCax2N28XaoAE8DOzQZKvPp7ZQVAi1iRREjo='";

const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}' ${STYLES}`,
    "style-src-attr 'unsafe-inline'",
  ].join(';');
