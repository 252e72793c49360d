import { isOwnRouter, type HuggingFaceUrls } from '../targets/server-urls.ts';
import { DEADLINES_MS } from '../wire/deadlines.ts';
import { ExchangeError, type Exchange } from '../wire/exchange.ts';

/** `unknown`: no answer. */
export type TokenStanding = 'known' | 'refused' | 'unknown';

/**
 * Asks the hub once per token whether it is valid: the router's list of models is public, so its answer tells nothing
 * about the token. Permissions are not checked. Throws only the caller's abort reason.
 */
export function createTokenCheck(
  services: Pick<HuggingFaceUrls, 'hubUrl' | 'routerUrl'>,
  exchange: Exchange,
  signal: AbortSignal,
): (token: string) => Promise<TokenStanding> {
  const known = new Map<string, Promise<TokenStanding>>();
  // Another router has its own tokens, and the hub must not see them.
  if (!isOwnRouter(services)) return async () => 'unknown';
  return (token) => {
    const standing = known.get(token) ?? ask(token);
    known.set(token, standing);
    return standing;
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

/** Enough for an account in hundreds of organisations. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;
