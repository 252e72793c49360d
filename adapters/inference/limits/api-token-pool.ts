import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { sha256 } from '../../identity/digest.ts';
import { LONGEST_WAIT_MS } from '../verdicts/retry-delay.ts';

/**
 * Chooses the token of a target that the next call uses. A refused token rests for a while, and the others are used.
 * One pool per target, because a 403 may concern one model only.
 */
export interface ApiTokenPool {
  /**
   * The least recently used token that does not rest. Null for an empty list: none is sent. `handedInBy` marks the
   * token that submitted queued work: it is used again unless it was refused or is out of credit.
   */
  readonly take: (tokens: readonly string[], handedInBy?: string) => TakenToken;
  /** The outcome of the call. Only `answered` and verdicts on the token change anything (`restsToken`). */
  readonly report: (
    token: string | null,
    outcome: VerdictKind | 'answered',
    waitMs: number | null,
  ) => void;
  /** Whether another of these tokens is ready now. */
  readonly othersReady: (tokens: readonly string[], token: string | null) => boolean;
}

type TakenToken =
  | { readonly outcome: 'token'; readonly token: string | null }
  | {
      readonly outcome: 'none';
      /** The most hopeful of the reasons. */
      readonly kind: 'rate_limited' | 'billing' | 'auth';
      /** Until the first of them is ready again; above 0. */
      readonly waitMs: number;
    };

/** Stores no tokens, only digests; at most 1000. */
export function createApiTokenPool({ now }: { readonly now: () => Date }): ApiTokenPool {
  const uses = new Map<string, TokenUse>();
  let turn = 0;

  const useOf = (token: string): TokenUse => uses.get(sha256(token)) ?? UNUSED;
  const keep = (token: string, use: TokenUse): void => {
    const digest = sha256(token);
    // Move it to the end of the map's order.
    uses.delete(digest);
    uses.set(digest, use);
    const [oldest] = uses.keys();
    if (uses.size > MOST_TOKENS && oldest !== undefined) uses.delete(oldest);
  };
  /** Null: ready. */
  const restOf = (token: string, alone: boolean): Rest | null => {
    const { rest } = useOf(token);
    if (rest === null || rest.untilMs <= now().getTime()) return null;
    // A refused only token is tried again by the next job: the provider's answer says best what to do.
    return alone ? null : rest;
  };

  return {
    take: (tokens, handedInBy) => {
      if (tokens.length === 0) return { outcome: 'token', token: null };
      const alone = tokens.length === 1;
      const own = tokens.find((token) => markOf(token) === handedInBy);
      const ownRest = own === undefined ? null : restOf(own, alone);
      // A rate limit on new work does not cover questions, and another token may not find the work.
      if (own !== undefined && (ownRest === null || ownRest.kind === 'rate_limited'))
        return { outcome: 'token', token: own };
      const rests = tokens.map((token) => ({ token, rest: restOf(token, alone) }));
      const [next] = rests
        .flatMap(({ token, rest }) => (rest === null ? [token] : []))
        .sort((a, b) => useOf(a).turn - useOf(b).turn);
      if (next !== undefined) {
        turn += 1;
        keep(next, { ...useOf(next), turn });
        return { outcome: 'token', token: next };
      }
      const resting = rests.flatMap(({ rest }) => (rest === null ? [] : [rest]));
      return {
        outcome: 'none',
        kind: KINDS_BY_HOPE.find((kind) => resting.some((rest) => rest.kind === kind)) ?? 'auth',
        waitMs: Math.min(...resting.map(({ untilMs }) => untilMs)) - now().getTime(),
      };
    },
    report: (token, outcome, waitMs) => {
      if (token === null) return;
      if (outcome === 'answered') {
        keep(token, { ...useOf(token), rest: null });
      } else if (restsToken(outcome)) {
        const untilMs = now().getTime() + restMs(outcome, waitMs);
        keep(token, { ...useOf(token), rest: { kind: outcome, untilMs } });
      }
    },
    othersReady: (tokens, token) =>
      tokens.some((other) => other !== token && restOf(other, false) === null),
  };
}

/** A verdict on the token or its account: the token rests, and the others of the target are used. */
export const restsToken = (kind: VerdictKind): kind is Rest['kind'] =>
  kind === 'auth' || kind === 'billing' || kind === 'rate_limited';

/** Identifies a token without revealing it. */
export const markOf = (token: string): string => sha256(token).slice(0, 16);

interface TokenUse {
  /** Grows with every token taken; 0: never taken. */
  readonly turn: number;
  readonly rest: Rest | null;
}

interface Rest {
  readonly kind: 'rate_limited' | 'billing' | 'auth';
  readonly untilMs: number;
}

const UNUSED: TokenUse = { turn: 0, rest: null };
/** Far more than any target has. */
const MOST_TOKENS = 1000;
const KINDS_BY_HOPE = ['rate_limited', 'billing', 'auth'] as const;

/** Somebody must change the token, or its permissions. */
const QUARANTINE_MS = 15 * 60_000;
/** Somebody must add credit. */
const OUT_OF_CREDIT_MS = 10 * 60_000;
/** Half a window of a quota by the minute. */
const RATE_LIMITED_MS = 30_000;

function restMs(kind: Rest['kind'], waitMs: number | null): number {
  switch (kind) {
    case 'auth':
      return QUARANTINE_MS;
    case 'billing':
      return OUT_OF_CREDIT_MS;
    case 'rate_limited':
      // Ignore a wait of 0: the token would be refused again at once.
      return waitMs !== null && waitMs > 0 ? Math.min(waitMs, LONGEST_WAIT_MS) : RATE_LIMITED_MS;
  }
}
