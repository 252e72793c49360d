import type { FastifyRequest } from 'fastify';
import type { Environment } from '../../config.ts';
import { parseGatewayOrigin } from '../../config.ts';
import { Refusal } from '../refusal.ts';

/**
 * Refuses what a page of somebody else made a browser send, which adds the cookie by itself. The browser says where a request
 * comes from: in `Sec-Fetch-Site`, or, over plain http between machines, in `Origin`. Without either, nothing is changed.
 * Throws a `Refusal`.
 */
export function requireSameOrigin(
  request: FastifyRequest,
  env: Environment,
  by: Refusal['by'],
): void {
  const { 'sec-fetch-site': site, origin } = request.headers;
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  // `none`: somebody typed the address, or opened a bookmark.
  if (site === 'same-origin' || (site === 'none' && isReading)) return;
  if (site === undefined && origin === undefined && isReading) return;
  if (site === undefined && origin !== undefined && origin === originOf(request, env)) return;
  throw new Refusal(
    {
      code: 'other_origin',
      detail:
        'a session is only for the page of this gateway: programs send a key (and HANSARD_GATEWAY_URL must be the address that the browser shows)',
    },
    by,
  );
}

/** Where browsers reach the gateway. */
export const originOf = ({ headers }: FastifyRequest, env: Environment): string =>
  parseGatewayOrigin(env) ?? `http://${headers.host}`;
