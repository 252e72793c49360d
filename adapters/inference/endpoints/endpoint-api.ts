import { z } from 'zod';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { HuggingFaceUrls } from '../targets/server-urls.ts';
import type { EndpointReference, Target } from '../targets/target.ts';
import { readErrorMessage } from '../verdicts/error-message.ts';
import { errorFor, type InferenceError } from '../verdicts/inference-error.ts';
import { retryDelayMs } from '../verdicts/retry-delay.ts';
import { ExchangeError, type Exchange } from '../wire/exchange.ts';
import type { WireResponse } from '../wire/wire-message.ts';

/** A target with an Inference Endpoint that the management API knows. */
export type ManagedTarget = Target & { readonly endpoint: EndpointReference };

export const isManaged = (target: Target): target is ManagedTarget => target.endpoint !== null;

export const ENDPOINT_STATES = [
  'pending',
  'initializing',
  'updating',
  'updateFailed',
  'running',
  'paused',
  'failed',
  'scaledToZero',
] as const;

export interface Endpoint {
  /** `unknown`: a state that is not in our list. */
  readonly state: (typeof ENDPOINT_STATES)[number] | 'unknown';
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
  const state = ENDPOINT_STATES.find((known) => known === status.state) ?? 'unknown';
  return {
    state,
    url: status.url ?? null,
    message: MEANINGS[state],
    readyReplica: status.readyReplica ?? null,
    healthRoute:
      healthRoute !== null && healthRoute !== undefined && ROUTE.test(healthRoute)
        ? healthRoute
        : '/health',
  };
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

const MEANINGS: Readonly<Record<Endpoint['state'], string | null>> = {
  pending: 'is waiting for a machine',
  initializing: 'is starting',
  updating: 'is being updated',
  updateFailed: 'failed to update',
  running: null,
  paused: 'is paused',
  failed: 'failed to start',
  scaledToZero: 'is asleep',
  unknown: 'is in an unknown state',
};

/** A path that cannot lead to another host. */
const ROUTE = /^\/(?!\/)[\w./-]{0,200}$/;

/** The API answers in well under a second. */
const DEADLINE_MS = 10_000;
/** The description of one endpoint is about 2 KB. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

const endpointSchema = z.object({
  healthRoute: z.string().nullish().catch(null),
  status: z.object({
    state: z.string(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .nullish()
      .catch(null),
    readyReplica: z.int().nonnegative().nullish().catch(null),
  }),
});

/** Tries the tokens in order until one is accepted: the configuration does not say which may manage the endpoint. */
async function ask(
  method: 'GET' | 'POST',
  action: string,
  target: ManagedTarget,
  { services, exchange }: ManagementApi,
  signal: AbortSignal,
): Promise<WireResponse> {
  const { namespace, name, apiTokens, tokenVariable } = target.endpoint;
  const path = `/endpoint/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}${action}`;
  let refused: WireResponse | null = null;
  for (const token of apiTokens) {
    try {
      const response = await exchange({
        method,
        url: services.endpointsUrl + path,
        headers: { accept: 'application/json', authorization: `Bearer ${token}` },
        body: null,
        signal,
        deadlineMs: DEADLINE_MS,
        longestAnswerBytes: LONGEST_ANSWER_BYTES,
      });
      if (response.status !== 401 && response.status !== 403) return response;
      refused = response;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof ExchangeError)) throw error;
      throw errorFor(target, null, {
        kind: error.reason === 'too_long' ? 'provider_bug' : 'transient',
        says: `: the management API did not answer about the endpoint ${endpointName(target)} (${error.code ?? error.reason}). It will be retried; if it keeps failing, check HF_ENDPOINTS_URL and the network.`,
        charge: 'unsent',
        cause: error,
      });
    }
  }
  if (refused !== null) return refused;
  throw errorFor(target, null, {
    kind: 'auth',
    says: `: ${tokenVariable} is not set, and the management API needs a token for the endpoint ${endpointName(target)}. Set it.`,
    charge: 'unsent',
  });
}

/** The verdict on an error status of the management API. The message holds none of the API's own text. */
function toEndpointError(response: WireResponse, target: ManagedTarget, now: Date): InferenceError {
  const { status } = response;
  const { kind, says } = VERDICTS.find((row) => row.matches(status)) ?? UNEXPECTED_STATUS;
  const waits = status === 429 || status === 503;
  const message = readErrorMessage(response.bytes);
  return errorFor(target, response, {
    kind,
    says: `: the management API answered ${status} about the endpoint ${endpointName(target)}: ${says(target.endpoint.tokenVariable)}`,
    waitMs: waits ? retryDelayMs({ status, headers: response.headers, message }, now) : null,
    charge: 'unsent',
  });
}

interface Verdict {
  readonly matches: (status: number) => boolean;
  readonly kind: VerdictKind;
  readonly says: (tokenVariable: string) => string;
}

/** The first row that matches decides. */
const VERDICTS: readonly Verdict[] = [
  {
    matches: (status) => status === 401 || status === 403,
    kind: 'auth',
    says: (variable) =>
      `the token in ${variable} was refused. Set one that may manage the endpoints of that namespace.`,
  },
  {
    matches: (status) => status === 402,
    kind: 'billing',
    says: () => 'the account cannot pay. Add a payment method or credits.',
  },
  {
    matches: (status) => status === 404 || status === 410,
    kind: 'not_served',
    says: (variable) =>
      `it does not exist, or the token in ${variable} may not see it. Correct endpoint.namespace and endpoint.name.`,
  },
  {
    matches: (status) => status === 429,
    kind: 'rate_limited',
    says: () => 'too many requests. It will be retried later.',
  },
  {
    matches: (status) => status === 408 || status === 409 || status === 425 || status >= 500,
    kind: 'transient',
    says: () => 'the API is out of order for now. It will be retried.',
  },
  {
    matches: (status) => status >= 400,
    kind: 'not_served',
    says: () => 'it refuses the request. Look at the endpoint at https://endpoints.huggingface.co.',
  },
];

const UNEXPECTED_STATUS: Verdict = {
  matches: () => true,
  kind: 'provider_bug',
  says: () => 'an unexpected status. Check HF_ENDPOINTS_URL.',
};

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
