import type { Endpoint, ManagedTarget } from './endpoint-api.ts';
import { ExchangeError, type Exchange } from '../wire/exchange.ts';
import type { ExchangeRequest } from '../wire/wire-message.ts';
import { errorFor, type InferenceError } from '../verdicts/inference-error.ts';
import { askWithTokens, endpointName } from './endpoint-api.ts';

/**
 * Whether the server of a running endpoint takes requests. Only for running endpoints: any request through the proxy
 * wakes a sleeping one. Throws `InferenceError` of kind `auth`, or the caller's abort reason.
 */
export async function isHealthy(
  target: ManagedTarget,
  endpoint: Endpoint,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<boolean> {
  const knocking = { headers: {}, signal, deadlineMs: HEALTH_DEADLINE_MS };
  return (await knock(target, endpoint, exchange, knocking)) === 200;
}

/** Sends a request that makes the proxy wake a sleeping endpoint. Of its answer only a refusal matters. */
export async function wakeEndpoint(
  target: ManagedTarget,
  endpoint: Endpoint,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<void> {
  // The proxy holds the request this long. After that the state is polled, so no connection stays open for ten minutes.
  const headers = { 'x-scale-up-timeout': String(HOLD_SECONDS) };
  const deadlineMs = HOLD_SECONDS * 1000 + MARGIN_MS;
  await knock(target, endpoint, exchange, { headers, signal, deadlineMs });
}

const HEALTH_DEADLINE_MS = 10_000;
const HOLD_SECONDS = 10;
const MARGIN_MS = 5_000;
/** A health route answers a word or two; an error page of the proxy may have a few KB. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

/** The status of the answer; null: no complete one came. */
async function knock(
  target: ManagedTarget,
  endpoint: Endpoint,
  exchange: Exchange,
  knocking: Pick<ExchangeRequest, 'headers' | 'signal' | 'deadlineMs'>,
): Promise<number | null> {
  try {
    const { status } = await askWithTokens(target.apiTokens, exchange, {
      ...knocking,
      method: 'GET',
      url: healthUrl(target, endpoint),
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
    if (status === 401 || status === 403) throw refusedToken(target, status);
    return status;
  } catch (error) {
    if (error instanceof ExchangeError) return null;
    throw error;
  }
}

/** Always on the target's own server, whatever address the API names: its token must not go to another server. */
function healthUrl({ baseUrl }: ManagedTarget, { url, healthRoute }: Endpoint): string {
  const reported = url === null ? null : URL.parse(url);
  const own =
    reported?.origin === new URL(baseUrl).origin ? reported.origin + reported.pathname : baseUrl;
  return own.replace(/\/+$/, '') + healthRoute;
}

function refusedToken(target: ManagedTarget, status: number): InferenceError {
  const { apiTokens, tokenVariable } = target;
  const remedy =
    tokenVariable === null
      ? 'Set token to the variable that holds a token.'
      : `Set ${tokenVariable} to a token that it accepts${apiTokens.length === 0 ? '; it is not set' : ''}.`;
  return errorFor(target, null, {
    kind: 'auth',
    status,
    says: `: the endpoint ${endpointName(target)} answered ${status} to a health check. ${remedy}`,
    charge: 'unsent',
  });
}
