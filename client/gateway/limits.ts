import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { GatewayApp, Principal } from './gateway-app.ts';
import { Refusal } from './refusal.ts';

/** What there is against those who are refused again and again. Each throws a `Refusal` when it is too often. */
export interface RefusalLimits {
  readonly countRefusal: (request: FastifyRequest) => Promise<void>;
  /** Before a key is looked up that this process has not seen: each costs a question to the database. */
  readonly requireLookUps: (request: FastifyRequest) => void;
  /** After one that found nothing; never throws. */
  readonly noteLostLookUp: (request: FastifyRequest) => void;
}

/**
 * At most so many requests a minute of each key, or of each address where no key is needed. Every process counts by
 * itself.
 */
export async function addLimits(
  app: GatewayApp,
  requestsPerMinute: number,
): Promise<RefusalLimits> {
  const isFirst = firstOfLimit();
  const lost = createLostLookUps();
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: whoAsks,
    errorResponseBuilder: (request, { ttl }) => tooMany(request, ttl, isFirst),
  });
  const counting = (max: number, keyGenerator: (request: FastifyRequest) => string) => {
    const limit = app.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator });
    return async (request: FastifyRequest): Promise<void> => {
      const counted = await limit(request);
      if (!counted.isAllowed && counted.isExceeded) throw tooMany(request, counted.ttl, isFirst);
    };
  };
  return {
    countRefusal: counting(REFUSALS_PER_MINUTE, whoAsks),
    requireLookUps: (request) => {
      const leftMs = lost.leftMs(request.ip);
      if (leftMs > 0) throw tooMany(request, leftMs, isFirst);
    },
    noteLostLookUp: ({ ip }) => lost.note(ip),
  };
}

const MINUTE_MS = 60_000;
/** Whoever is refused more often is told nothing but to wait, and leaves no more rows. */
const REFUSALS_PER_MINUTE = 60;
/** Of keys that there are not. Keys that are in use behind the same address go on all the same. */
const LOST_LOOK_UPS_PER_MINUTE = 120;

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

/** Whether this is the first time that the limit of somebody is reached in its minute. Of very many, the oldest are forgotten. */
function firstOfLimit() {
  const until = new Map<string, number>();
  return (who: string, ttlMs: number): boolean => {
    const now = Date.now();
    if ((until.get(who) ?? 0) > now) return false;
    // As the latest.
    until.delete(who);
    until.set(who, now + ttlMs);
    const [oldest] = until.keys();
    if (until.size > MOST_REMEMBERED && oldest !== undefined) until.delete(oldest);
    return true;
  };
}

const MOST_REMEMBERED = 10_000;

/** Look-ups that found nothing, by address and minute. Of very many addresses, the oldest are forgotten. */
function createLostLookUps() {
  const minutes = new Map<string, { count: number; readonly end: number }>();
  return {
    leftMs: (ip: string): number => {
      const minute = minutes.get(ip);
      if (minute === undefined || minute.count < LOST_LOOK_UPS_PER_MINUTE) return 0;
      return Math.max(0, minute.end - Date.now());
    },
    note: (ip: string): void => {
      const minute = minutes.get(ip);
      if (minute !== undefined && minute.end > Date.now()) {
        minute.count += 1;
        return;
      }
      minutes.delete(ip);
      minutes.set(ip, { count: 1, end: Date.now() + MINUTE_MS });
      const [oldest] = minutes.keys();
      if (minutes.size > MOST_REMEMBERED && oldest !== undefined) minutes.delete(oldest);
    },
  };
}
