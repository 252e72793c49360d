import type { Exchange } from '../wire/exchange.ts';
import { ExchangeError } from '../wire/exchange.ts';

/** What a look-up at the hub or the router came to. Nobody waits for one that fails, and nothing fails with it. */
export type LookUp<T> =
  | { readonly outcome: 'found'; readonly value: T }
  | { readonly outcome: 'absent' }
  /** A status, or the code of what went wrong. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export interface LookUpOptions<T> {
  readonly exchange: Exchange;
  /** Null: not readable. */
  readonly parse: (body: unknown) => T | null;
  /** Milliseconds of a clock that is never set back. */
  readonly nowMs?: () => number;
}

/**
 * Look-ups by address, kept in this process: what was found for ten minutes, anything else for one. Two at a time for
 * the same address are one request.
 */
export function createLookUp<T>({
  exchange,
  parse,
  nowMs = () => performance.now(),
}: LookUpOptions<T>): (url: string, token: string | null) => Promise<LookUp<T>> {
  const kept = new Map<string, Kept<T>>();

  return async (url, token) => {
    const known = kept.get(url);
    if (known !== undefined && known.untilMs > nowMs()) return await known.answer;
    const entry: Kept<T> = {
      answer: lookUp(exchange, parse, url, token),
      untilMs: Number.POSITIVE_INFINITY,
    };
    kept.delete(url); // so that the oldest stands first
    kept.set(url, entry);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    const answer = await entry.answer;
    entry.untilMs = nowMs() + (answer.outcome === 'found' ? FOUND_FOR_MS : NOT_FOUND_FOR_MS);
    return answer;
  };
}

interface Kept<T> {
  readonly answer: Promise<LookUp<T>>;
  untilMs: number;
}

/** The hub allows 500 questions in five minutes; providers change their minds by the hour. */
const FOUND_FOR_MS = 10 * 60_000;
const NOT_FOUND_FOR_MS = 60_000;
/** Far more than anybody configures. */
const MOST_KEPT = 500;
const DEADLINE_MS = 5_000;
/** One model has some KB, with hundreds of adapters in its mapping some hundred. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

async function lookUp<T>(
  exchange: Exchange,
  parse: (body: unknown) => T | null,
  url: string,
  token: string | null,
): Promise<LookUp<T>> {
  try {
    const { status, bytes } = await exchange({
      method: 'GET',
      url,
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: null,
      // Callers share it, so that none of them may end it.
      signal: new AbortController().signal,
      deadlineMs: DEADLINE_MS,
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
    if (status === 404 || status === 410) return { outcome: 'absent' };
    if (status !== 200) return { outcome: 'unknown', reason: String(status) };
    const value = parse(JSON.parse(new TextDecoder().decode(bytes)));
    return value === null
      ? { outcome: 'unknown', reason: 'unreadable' }
      : { outcome: 'found', value };
  } catch (error) {
    if (error instanceof SyntaxError) return { outcome: 'unknown', reason: 'unreadable' };
    if (error instanceof ExchangeError)
      return { outcome: 'unknown', reason: error.code ?? error.reason };
    // A transport that was closed meanwhile, say: nobody waits for this answer, and nobody would hear of it.
    return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'error' };
  }
}
