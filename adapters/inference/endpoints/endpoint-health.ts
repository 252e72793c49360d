import type { Endpoint, ManagedTarget } from './endpoint-api.ts';
import type { Exchange } from '../wire/exchange.ts';
import { ExchangeError } from '../wire/exchange.ts';
import { InferenceError } from '../verdicts/inference-error.ts';
import { endpointName } from './endpoint-api.ts';

/**
 * Whether the server behind a running endpoint takes requests. To be asked of a running one only: any request through
 * the proxy wakes a sleeping one. Throws `InferenceError` of kind `auth`, or the caller's reason to abort.
 */
export async function isHealthy(
  target: ManagedTarget,
  endpoint: Endpoint,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<boolean> {
  return (await knock(target, endpoint, exchange, signal, {}, HEALTH_DEADLINE_MS)) === 200;
}

/** The request by which the proxy wakes a sleeping endpoint. What it answers does not matter, unless it is a refusal. */
export async function wakeEndpoint(
  target: ManagedTarget,
  endpoint: Endpoint,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<void> {
  // The proxy holds the request for so long; the state then tells, and no connection is open for ten minutes.
  const headers = { 'x-scale-up-timeout': String(HOLD_SECONDS) };
  await knock(target, endpoint, exchange, signal, headers, HOLD_SECONDS * 1000 + MARGIN_MS);
}

const HEALTH_DEADLINE_MS = 10_000;
const HOLD_SECONDS = 10;
const MARGIN_MS = 5_000;
/** A health route says a word or two; an error page of the proxy may have a few KB. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

/** The status, with the first token that is not refused; null: no whole answer came. */
async function knock(
  target: ManagedTarget,
  endpoint: Endpoint,
  exchange: Exchange,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
  deadlineMs: number,
): Promise<number | null> {
  let refused = 401;
  for (const token of target.apiTokens.length === 0 ? [null] : target.apiTokens) {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    try {
      const { status } = await exchange({
        method: 'GET',
        url: healthUrl(target, endpoint),
        headers: { ...headers, ...authorization },
        body: null,
        signal,
        deadlineMs,
        longestAnswerBytes: LONGEST_ANSWER_BYTES,
      });
      if (status !== 401 && status !== 403) return status;
      refused = status;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ExchangeError) return null;
      throw error;
    }
  }
  throw refusedToken(target, refused);
}

/** On the target's own server, whatever address the API names: the token goes nowhere else, and that server counts. */
function healthUrl({ baseUrl }: ManagedTarget, { url, healthRoute }: Endpoint): string {
  const said = url === null ? null : URL.parse(url);
  const own = said?.origin === new URL(baseUrl).origin ? said.origin + said.pathname : baseUrl;
  return own.replace(/\/+$/, '') + healthRoute;
}

function refusedToken(target: ManagedTarget, status: number): InferenceError {
  const { name, apiTokens, tokenVariable } = target;
  const remedy =
    tokenVariable === null
      ? 'Name the variable of a token in token.'
      : `Set ${tokenVariable} to a token that it accepts${apiTokens.length === 0 ? '; it is not set' : ''}.`;
  return new InferenceError(
    `${name}: its endpoint ${endpointName(target)} answered ${status} to a look at its health. ${remedy}`,
    { kind: 'auth', target: name, status, charge: 'unsent' },
  );
}
