import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { sha256 } from '../../identity/digest.ts';
import { LONGEST_WAIT_MS } from '../verdicts/retry-delay.ts';

/**
 * Chooses the token of a target that the next call uses. A refused token rests for a while, and the others are used.
 * One pool per target, because a 403 may concern one model only.
 */
export type ApiTokenPool = ReturnType<typeof createApiTokenPool>;

type TakenToken =
  | { readonly outcome: 'token'; readonly token: string | null }
  | {
      readonly outcome: 'none';
      /** The most hopeful of the reasons. */
      readonly kind: Rest['kind'];
      /** Until the first of them is ready again; above 0. */
      readonly waitMs: number;
    };

/** Stores no tokens, only digests; at most 1000. */
export function createApiTokenPool({ now }: { readonly now: () => Date }) {
  const uses = new Map<string, TokenUse>();
  let turn = 0;

  const useOf = (token: string): TokenUse => uses.get(sha256(token)) ?? { turn: 0, rest: null };
  const keep = (token: string, change: Partial<TokenUse>): void => {
    const digest = sha256(token);
    const use = { ...useOf(token), ...change };
    // Move it to the end of the map's order.
    uses.delete(digest);
    uses.set(digest, use);
    const [oldest] = uses.keys();
    if (uses.size > MOST_TOKENS && oldest !== undefined) uses.delete(oldest);
  };
  /** Null: ready. */
  const restOf = (token: string): Rest | null => {
    const { rest } = useOf(token);
    return rest === null || rest.untilMs <= now().getTime() ? null : rest;
  };

  return {
    /**
     * The least recently used token that does not rest. Null for an empty list: none is sent. `handedInBy` marks the
     * token that submitted queued work: it is used again unless it was refused or is out of credit.
     */
    take: (tokens: readonly string[], handedInBy?: string): TakenToken => {
      const [first = null] = tokens;
      // A refused only token is tried again by the next job: the provider's answer says best what to do.
      if (tokens.length < 2) return { outcome: 'token', token: first };
      const rested = tokens.map((token) => ({ token, rest: restOf(token) }));
      const own = rested.find(({ token }) => markOf(token) === handedInBy);
      // A rate limit on new work does not cover questions, and another token may not find the work.
      if (own !== undefined && (own.rest === null || own.rest.kind === 'rate_limited'))
        return { outcome: 'token', token: own.token };
      const [next] = rested
        .filter(({ rest }) => rest === null)
        .sort((a, b) => useOf(a.token).turn - useOf(b.token).turn);
      if (next !== undefined) {
        turn += 1;
        keep(next.token, { turn });
        return { outcome: 'token', token: next.token };
      }
      const rests = rested.flatMap(({ rest }) => rest ?? []);
      return {
        outcome: 'none',
        kind: KINDS_BY_HOPE.find((kind) => rests.some((rest) => rest.kind === kind)) ?? 'auth',
        waitMs: Math.min(...rests.map(({ untilMs }) => untilMs)) - now().getTime(),
      };
    },
    /** The outcome of the call. Only `answered` and verdicts on the token change anything (`restsToken`). */
    report: (
      token: string | null,
      outcome: VerdictKind | 'answered',
      waitMs: number | null,
    ): void => {
      if (token === null) return;
      if (outcome === 'answered') keep(token, { rest: null });
      else if (restsToken(outcome))
        keep(token, {
          rest: { kind: outcome, untilMs: now().getTime() + restMs(outcome, waitMs) },
        });
    },
    /** Whether another of these tokens is ready now. */
    othersReady: (tokens: readonly string[], token: string | null): boolean =>
      tokens.some((other) => other !== token && restOf(other) === null),
  };
}

/** A verdict on the token or its account: the token rests, and the others of the target are used. */
export const restsToken = (kind: VerdictKind): kind is Rest['kind'] => kind in REST_MS;

/** Identifies a token without revealing it. */
export const markOf = (token: string): string => sha256(token).slice(0, 16);

interface TokenUse {
  /** Grows with every token taken; 0: never taken. */
  readonly turn: number;
  readonly rest: Rest | null;
}

interface Rest {
  readonly kind: keyof typeof REST_MS;
  readonly untilMs: number;
}

/** Far more than any target has. */
const MOST_TOKENS = 1000;

const REST_MS = {
  /** Half a window of a quota by the minute. */
  rate_limited: 30_000,
  /** Somebody must add credit. */
  billing: 10 * 60_000,
  /** Somebody must change the token, or its permissions. */
  auth: 15 * 60_000,
} as const satisfies Partial<Record<VerdictKind, number>>;
const KINDS_BY_HOPE = ['rate_limited', 'billing', 'auth'] as const;

/** A quota says when it is over. A wait of 0 counts as none: the token would be refused again at once. */
const restMs = (kind: Rest['kind'], waitMs: number | null): number =>
  kind === 'rate_limited' && waitMs !== null && waitMs > 0
    ? Math.min(waitMs, LONGEST_WAIT_MS)
    : REST_MS[kind];
