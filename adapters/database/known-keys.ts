import { sha256 } from '../identity/digest.ts';
import type { ApiKeyRow, ApiKeys, IdentifiedKey } from './api-keys.ts';
import type { Notices } from './hear-notices.ts';

/**
 * Live keys that were looked up within the last second, so that each is looked up once a second and not with every
 * request. All are forgotten when a key is revoked anywhere, and none is remembered while notices of that are not heard.
 */
export function createKnownKeys(
  keys: Pick<ApiKeys, 'identify' | 'markUsed'>,
  {
    notices,
    trustedMs = TRUSTED_MS,
    now = Date.now,
  }: {
    readonly notices: Pick<Notices, 'areHeard'>;
    readonly trustedMs?: number;
    /** Milliseconds since 1970. */
    readonly now?: () => number;
  },
) {
  /** By the SHA-256 of the whole key; the oldest first. */
  const known = new Map<string, { readonly found: IdentifiedKey; readonly untilMs: number }>();
  /** Grows when all are forgotten: what was asked before must not be remembered after. */
  let forgotten = 0;
  const marked = new WeakSet<ApiKeyRow>();

  return {
    identify: async (sent: string): Promise<IdentifiedKey> => {
      const digest = sha256(sent);
      const held = known.get(digest);
      if (held !== undefined && notices.areHeard() && now() < held.untilMs) return held.found;
      known.delete(digest);
      const before = forgotten;
      const askedAtMs = now();
      const found = await keys.identify(sent);
      if (found?.state !== 'live' || before !== forgotten || !notices.areHeard()) return found;
      const endMs = found.row.expiresAt?.getTime() ?? Infinity;
      known.set(digest, { found, untilMs: Math.min(askedAtMs + trustedMs, endMs) });
      const [oldest] = known.keys();
      if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
      return found;
    },
    /** Notes that a key is used: once for each look, however many requests there are until the next one. */
    markUsed: async (row: ApiKeyRow): Promise<void> => {
      if (marked.has(row)) return;
      marked.add(row);
      await keys.markUsed(row);
    },
    /** After a key was revoked. */
    forgetAll: (): void => {
      forgotten += 1;
      known.clear();
    },
  };
}

/** How late a key ends whose end no notice told: one that was changed by hand, or over a connection that fell silent. */
const TRUSTED_MS = 1_000;
const MOST_KNOWN = 10_000;
