import { z } from 'zod';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { HuggingFaceUrls } from '../targets/server-urls.ts';
import type { EndpointReference, Target } from '../targets/target.ts';
import { readErrorMessage } from '../verdicts/error-message.ts';
import { errorFor, type InferenceError } from '../verdicts/inference-error.ts';
import { retryDelayMs } from '../verdicts/retry-delay.ts';
import { DEADLINES_MS } from '../wire/deadlines.ts';
import { ExchangeError, type Exchange } from '../wire/exchange.ts';
import type { ExchangeRequest, WireResponse } from '../wire/wire-message.ts';

/** A target with an Inference Endpoint that the management API knows. */
export type ManagedTarget = Target & { readonly endpoint: EndpointReference };

export const isManaged = (target: Target): target is ManagedTarget => target.endpoint !== null;

/** The states of the management API in our words; null: the endpoint is running. */
const MEANINGS = {
  pending: 'is waiting for a machine',
  initializing: 'is starting',
  updating: 'is being updated',
  updateFailed: 'failed to update',
  running: null,
  paused: 'is paused',
  failed: 'failed to start',
  scaledToZero: 'is asleep',
  /** A state that is not in this list. */
  unknown: 'is in an unknown state',
} as const;

export interface Endpoint {
  readonly state: keyof typeof MEANINGS;
  /** Null until the endpoint has run for the first time. */
  readonly url: string | null;
  /** The state in our words; null: the endpoint is running. */
  readonly message: string | null;
  readonly readyReplica: number | null;
  /** A path on the endpoint that starts with one slash. */
  readonly healthRoute: string;
}

export interface ManagementApi {
  readonly services: Pick<HuggingFaceUrls, 'endpointsUrl'>;
  readonly exchange: Exchange;
}

/**
 * The state of the endpoint. The request is free and wakes nothing. Throws `InferenceError`, or the caller's abort
 * reason.
 */
export async function endpointState(
  target: ManagedTarget,
  api: ManagementApi,
  signal: AbortSignal,
): Promise<Endpoint> {
  const response = await ask('GET', '', target, api, signal);
  if (response.status !== 200) throw toEndpointError(response, target, new Date());
  const parsed = endpointSchema.safeParse(parseJson(response.bytes));
  if (!parsed.success)
    throw errorFor(target, response, {
      kind: 'provider_bug',
      says: `: the management API described the endpoint ${endpointName(target)} in a form that Hansard cannot read. Check HF_ENDPOINTS_URL.`,
      charge: 'unsent',
    });
  const { healthRoute, status } = parsed.data;
  return { ...status, message: MEANINGS[status.state], healthRoute };
}

/** Starts a paused endpoint, which then costs money. Does nothing to one that runs already. Throws as above. */
export async function resumeEndpoint(
  target: ManagedTarget,
  api: ManagementApi,
  signal: AbortSignal,
): Promise<void> {
  const response = await ask('POST', '/resume', target, api, signal);
  if (response.status >= 200 && response.status < 300) return;
  if (response.status === 400 && /already running/i.test(readErrorMessage(response.bytes).text))
    return;
  throw toEndpointError(response, target, new Date());
}

/** `namespace/name`, for messages. */
export const endpointName = ({ endpoint }: ManagedTarget): string =>
  `${endpoint.namespace}/${endpoint.name}`;

/** The description of one endpoint is about 2 KB. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

const endpointSchema = z.object({
  /** A path that cannot lead to another host. */
  healthRoute: z
    .string()
    .regex(/^\/(?!\/)[\w./-]{0,200}$/)
    .catch('/health'),
  status: z.object({
    state: z.string().transform((state) => (isKnown(state) ? state : 'unknown')),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .nullable()
      .catch(null),
    readyReplica: z.int().nonnegative().nullable().catch(null),
  }),
});

const isKnown = (state: string): state is Endpoint['state'] => Object.hasOwn(MEANINGS, state);

async function ask(
  method: 'GET' | 'POST',
  action: string,
  target: ManagedTarget,
  { services, exchange }: ManagementApi,
  signal: AbortSignal,
): Promise<WireResponse> {
  const { namespace, name, apiTokens, tokenVariable } = target.endpoint;
  const path = `/endpoint/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}${action}`;
  if (apiTokens.length === 0)
    throw errorFor(target, null, {
      kind: 'auth',
      says: `: ${tokenVariable} is not set, and the management API needs a token for the endpoint ${endpointName(target)}. Set it.`,
      charge: 'unsent',
    });
  try {
    return await askWithTokens(apiTokens, exchange, {
      method,
      url: services.endpointsUrl + path,
      headers: { accept: 'application/json' },
      signal,
      deadlineMs: DEADLINES_MS.management,
      longestAnswerBytes: LONGEST_ANSWER_BYTES,
    });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw errorFor(target, null, {
      kind: error.reason === 'too_long' ? 'provider_bug' : 'transient',
      says: `: the management API did not answer about the endpoint ${endpointName(target)} (${error.code ?? error.reason}). It will be retried; if it keeps failing, check HF_ENDPOINTS_URL and the network.`,
      charge: 'unsent',
      cause: error,
    });
  }
}

/** Tries the tokens in order until one is accepted: the configuration does not say which may manage the endpoint. */
export async function askWithTokens(
  [token, ...others]: readonly string[],
  exchange: Exchange,
  request: Omit<ExchangeRequest, 'body'>,
): Promise<WireResponse> {
  const authorization = token !== undefined && { authorization: `Bearer ${token}` };
  const headers = { ...request.headers, ...authorization };
  const response = await exchange({ ...request, headers, body: null });
  const isRefused = response.status === 401 || response.status === 403;
  return isRefused && others.length > 0 ? await askWithTokens(others, exchange, request) : response;
}

/** The verdict on an error status of the management API. The message holds none of the API's own text. */
function toEndpointError(response: WireResponse, target: ManagedTarget, now: Date): InferenceError {
  const { status, headers } = response;
  const [kind, says] = verdictOn(status, target.endpoint.tokenVariable);
  const waits = status === 429 || status === 503;
  const message = readErrorMessage(response.bytes);
  return errorFor(target, response, {
    kind,
    says: `: the management API answered ${status} about the endpoint ${endpointName(target)}: ${says}`,
    waitMs: waits ? retryDelayMs({ status, headers, message }, now) : null,
    charge: 'unsent',
  });
}

function verdictOn(status: number, tokenVariable: string): readonly [VerdictKind, string] {
  switch (status) {
    case 401:
    case 403:
      return [
        'auth',
        `the token in ${tokenVariable} was refused. Set one that may manage the endpoints of that namespace.`,
      ];
    case 402:
      return ['billing', 'the account cannot pay. Add a payment method or credits.'];
    case 404:
    case 410:
      return [
        'not_served',
        `it does not exist, or the token in ${tokenVariable} may not see it. Correct endpoint.namespace and endpoint.name.`,
      ];
    case 429:
      return ['rate_limited', 'too many requests. It will be retried later.'];
  }
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return ['transient', 'the API is out of order for now. It will be retried.'];
  return status >= 400
    ? [
        'not_served',
        'it refuses the request. Look at the endpoint at https://endpoints.huggingface.co.',
      ]
    : ['provider_bug', 'an unexpected status. Check HF_ENDPOINTS_URL.'];
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
