import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { LimitRefusals } from './authenticate.ts';
import type { GatewayApp, Principal } from './gateway-app.ts';
import { Refusal } from './refusal.ts';

/**
 * At most so many requests a minute of each key, or of each address where no key is needed. Every process counts by
 * itself.
 */
export async function addLimits(
  app: GatewayApp,
  requestsPerMinute: number,
): Promise<LimitRefusals> {
  const isFirst = firstOfLimit();
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: whoAsks,
    errorResponseBuilder: (request, { ttl }) => tooMany(request, ttl, isFirst),
  });
  const limit = app.createRateLimit({
    max: REFUSALS_PER_MINUTE,
    timeWindow: MINUTE_MS,
    keyGenerator: whoAsks,
  });
  return async (request) => {
    const refused = await limit(request);
    if (!refused.isAllowed && refused.isExceeded) throw tooMany(request, refused.ttl, isFirst);
  };
}

const MINUTE_MS = 60_000;
/** Whoever is refused more often is told nothing but to wait, and leaves no more rows. */
const REFUSALS_PER_MINUTE = 60;

/** Null on public routes, and until the key is known. */
const principalOf = ({ principal }: { readonly principal: Principal | null }) => principal;

const whoAsks = (request: FastifyRequest): string =>
  principalOf(request)?.keyId ?? `address ${request.ip}`;

const tooMany = (
  request: FastifyRequest,
  ttlMs: number,
  isFirst: ReturnType<typeof firstOfLimit>,
): Refusal => {
  const seconds = Math.max(1, Math.ceil(ttlMs / 1_000));
  return new Refusal(
    {
      code: 'rate_limited',
      detail: `too many requests: try again in ${seconds} s`,
      headers: { 'retry-after': String(seconds) },
    },
    principalOf(request),
    { isRecorded: isFirst(whoAsks(request), ttlMs) },
  );
};

/** Whether this is the first time that the limit of somebody is reached in its minute. */
function firstOfLimit() {
  const until = new Map<string, number>();
  return (who: string, ttlMs: number): boolean => {
    const now = Date.now();
    for (const [one, end] of until) if (end <= now) until.delete(one);
    if (until.has(who)) return false;
    until.set(who, now + ttlMs);
    return true;
  };
}
