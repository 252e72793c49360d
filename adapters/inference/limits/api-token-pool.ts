import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { sha256 } from '../../identity/digest.ts';
import { LONGEST_WAIT_MS } from '../verdicts/retry-delay.ts';

/**
 * Which of a target's tokens the next call takes. A refused one is left alone for a while, and the others serve. One
 * pool a target: a 403 may be about one model only.
 */
export interface ApiTokenPool {
  /**
   * The token that rested longest. Of an empty list it is null: none is sent. `handedInBy` marks the one that queued
   * work was handed in with: it asks after it unless it was refused or is out of credit.
   */
  readonly take: (tokens: readonly string[], handedInBy?: string) => TakenToken;
  /** What became of the call. Only what is said of the token counts: `auth`, `billing`, `rate_limited`, an answer. */
  readonly report: (
    token: string | null,
    outcome: VerdictKind | 'answered',
    waitMs: number | null,
  ) => void;
  /** Whether another of these tokens would be given now. */
  readonly othersReady: (tokens: readonly string[], token: string | null) => boolean;
}

export type TakenToken =
  | { readonly outcome: 'token'; readonly token: string | null }
  | {
      readonly outcome: 'none';
      /** The most hopeful of the reasons. */
      readonly kind: 'rate_limited' | 'billing' | 'auth';
      /** Until the first of them is tried again; above 0. */
      readonly waitMs: number;
    };

/** Keeps no token, only digests; at most 1000 of them. */
export function createApiTokenPool({ now }: { readonly now: () => Date }): ApiTokenPool {
  const uses = new Map<string, TokenUse>();
  let turn = 0;

  const useOf = (token: string): TokenUse => uses.get(sha256(token)) ?? UNUSED;
  const keep = (token: string, use: TokenUse): void => {
    const digest = sha256(token);
    // To the end of the map's order.
    uses.delete(digest);
    uses.set(digest, use);
    const [oldest] = uses.keys();
    if (uses.size > MOST_TOKENS && oldest !== undefined) uses.delete(oldest);
  };
  /** Null: ready. */
  const restOf = (token: string, alone: boolean): Rest | null => {
    const { rest } = useOf(token);
    if (rest === null || rest.untilMs <= now().getTime()) return null;
    // A lone token that is refused is asked again by the next job: its answer says best what is to be done.
    return alone ? null : rest;
  };

  return {
    take: (tokens, handedInBy) => {
      if (tokens.length === 0) return { outcome: 'token', token: null };
      const alone = tokens.length === 1;
      const own = tokens.find((token) => markOf(token) === handedInBy);
      const ownRest = own === undefined ? null : restOf(own, alone);
      // A limit on new work is none on questions, and to ask with another token may be to lose the work.
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
      } else if (outcome === 'auth' || outcome === 'billing' || outcome === 'rate_limited') {
        const untilMs = now().getTime() + restMs(outcome, waitMs);
        keep(token, { ...useOf(token), rest: { kind: outcome, untilMs } });
      }
    },
    othersReady: (tokens, token) =>
      tokens.some((other) => other !== token && restOf(other, false) === null),
  };
}

/** Tells a token from others without giving it away. */
export const markOf = (token: string): string => sha256(token).slice(0, 16);

interface TokenUse {
  /** Grows with every token given; 0: never given. */
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
      // A wait of 0 is none: the token would be refused again at once.
      return waitMs !== null && waitMs > 0 ? Math.min(waitMs, LONGEST_WAIT_MS) : RATE_LIMITED_MS;
  }
}
