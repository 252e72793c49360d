import type { Exchange } from '../wire/exchange.ts';
import type { Services } from '../targets/load-configuration.ts';
import { DEADLINES_MS } from '../wire/deadlines.ts';
import { ExchangeError } from '../wire/exchange.ts';
import { isOwnRouter } from './own-router.ts';

/** `unknown`: nobody could tell. */
export type TokenStanding = 'known' | 'refused' | 'unknown';

/**
 * Asks Hugging Face whether it knows a token, once for each: the router's list of models is public, so that its answer
 * says nothing about one. What the token may do is not asked. Throws the caller's reason to abort only.
 */
export function createTokenCheck(
  services: Pick<Services, 'hubUrl' | 'routerUrl'>,
  exchange: Exchange,
  signal: AbortSignal,
): (token: string) => Promise<TokenStanding> {
  const known = new Map<string, Promise<TokenStanding>>();
  // A router that stands in for Hugging Face's has tokens of its own, which nobody else is to see.
  if (!isOwnRouter(services)) return async () => 'unknown';
  return async (token) => {
    let standing = known.get(token);
    if (standing === undefined) known.set(token, (standing = ask(token)));
    return await standing;
  };

  async function ask(token: string): Promise<TokenStanding> {
    try {
      const { status } = await exchange({
        method: 'GET',
        url: `${services.hubUrl}/api/whoami-v2`,
        headers: { accept: 'application/json', authorization: `Bearer ${token}` },
        body: null,
        signal,
        deadlineMs: DEADLINES_MS.management,
        longestAnswerBytes: LONGEST_ANSWER_BYTES,
      });
      return status === 401 ? 'refused' : status === 200 ? 'known' : 'unknown';
    } catch (error) {
      if (signal.aborted || !(error instanceof ExchangeError)) throw error;
      return 'unknown';
    }
  }
}

/** An account in hundreds of organisations. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;
