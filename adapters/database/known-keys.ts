import { sha256 } from '../identity/digest.ts';
import { KEY_TRUSTED_MS, type ApiKeyRow, type ApiKeys, type IdentifiedKey } from './api-keys.ts';
import type { Notices } from './hear-notices.ts';

/**
 * Live keys that were looked up within the last half second, so that each is looked up twice a second and not with every
 * request. All are forgotten when a key is revoked anywhere, and none is remembered while notices of that are not heard.
 */
export function createKnownKeys(
  keys: Pick<ApiKeys, 'identify' | 'markUsed'>,
  {
    notices,
    trustedMs = KEY_TRUSTED_MS,
    now = Date.now,
  }: {
    readonly notices: Pick<Notices, 'areHeard'>;
    readonly trustedMs?: number;
    /** Milliseconds since 1970. */
    readonly now?: () => number;
  },
) {
  /** By the SHA-256 of the whole key; the oldest first. */
  const known = new Map<string, Known>();
  /** Grows when all are forgotten: what was asked before must not be remembered after. */
  let forgotten = 0;
  const marked = new WeakSet<ApiKeyRow>();

  return {
    identify: async (sent: string): Promise<IdentifiedKey> => {
      const digest = sha256(sent);
      const held = known.get(digest);
      const askedAtMs = now();
      const isTrusted = held !== undefined && held.fromMs <= askedAtMs && askedAtMs < held.untilMs;
      if (isTrusted && notices.areHeard()) return held.found;
      known.delete(digest);
      const before = forgotten;
      const found = await keys.identify(sent);
      if (found?.state !== 'live' || before !== forgotten || !notices.areHeard()) return found;
      const endMs = found.row.expiresAt?.getTime() ?? Infinity;
      const untilMs = Math.min(askedAtMs + trustedMs, endMs);
      known.set(digest, { found, fromMs: askedAtMs, untilMs });
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

interface Known {
  readonly found: IdentifiedKey;
  /** Before it, the clock was set back. */
  readonly fromMs: number;
  readonly untilMs: number;
}

const MOST_KNOWN = 10_000;
