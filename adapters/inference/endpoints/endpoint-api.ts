import { z } from 'zod';
import type { EndpointReference, Target, WireResponse } from '../protocols/contract.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { Services } from '../targets/load-configuration.ts';
import { readErrorMessage } from '../verdicts/error-message.ts';
import { ExchangeError } from '../wire/exchange.ts';
import { InferenceError } from '../verdicts/inference-error.ts';
import { endpointRefusal } from './endpoint-refusal.ts';

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
  /** `unknown`: a word that we do not know. */
  readonly state: (typeof ENDPOINT_STATES)[number] | 'unknown';
  /** Absent until it first ran. */
  readonly url: string | null;
  /** What the state means, in our words; null: it runs. */
  readonly message: string | null;
  readonly readyReplica: number | null;
  /** A path on the endpoint, beginning with one slash. */
  readonly healthRoute: string;
}

export interface ManagementApi {
  readonly services: Pick<Services, 'endpointsUrl'>;
  readonly exchange: Exchange;
}

/**
 * How the endpoint stands. Asking wakes nothing and costs nothing. Throws `InferenceError`, or the caller's reason to
 * abort.
 */
export async function endpointState(
  target: ManagedTarget,
  api: ManagementApi,
  signal: AbortSignal,
): Promise<Endpoint> {
  const response = await ask('GET', '', target, api, signal);
  if (response.status !== 200) throw endpointRefusal(response, target, new Date());
  const parsed = endpointSchema.safeParse(parseJson(response.bytes));
  if (!parsed.success)
    throw new InferenceError(
      `${target.name}: the management API says of its endpoint ${endpointName(target)} nothing that we can read. Check HF_ENDPOINTS_URL.`,
      { kind: 'provider_bug', target: target.name, status: response.status, charge: 'unsent' },
    );
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

/** Starts a paused endpoint, which costs from then on; one that runs already is left alone. Throws as above. */
export async function resumeEndpoint(
  target: ManagedTarget,
  api: ManagementApi,
  signal: AbortSignal,
): Promise<void> {
  const response = await ask('POST', '/resume', target, api, signal);
  if (response.status >= 200 && response.status < 300) return;
  if (response.status === 400 && /already running/i.test(readErrorMessage(response.bytes).text))
    return;
  throw endpointRefusal(response, target, new Date());
}

/** `namespace/name`, for messages. */
export const endpointName = ({ endpoint }: ManagedTarget): string =>
  `${endpoint.namespace}/${endpoint.name}`;

const MEANINGS: Readonly<Record<Endpoint['state'], string | null>> = {
  pending: 'waits for a machine',
  initializing: 'is starting',
  updating: 'is being updated',
  updateFailed: 'failed to update',
  running: null,
  paused: 'is paused',
  failed: 'failed to start',
  scaledToZero: 'sleeps',
  unknown: 'is in a state that we do not know',
};

/** A path that cannot lead to another host. */
const ROUTE = /^\/(?!\/)[\w./-]{0,200}$/;

/** It answers in well under a second. */
const DEADLINE_MS = 10_000;
/** One endpoint's description has about 2 KB. */
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

/** With the first token that is not refused: which of them may manage the endpoint is not written anywhere. */
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
      throw new InferenceError(
        `${target.name}: the management API did not answer about its endpoint ${endpointName(target)} (${error.code ?? error.reason}). It is asked again; if it stays, check HF_ENDPOINTS_URL and the network.`,
        {
          kind: error.reason === 'too_long' ? 'provider_bug' : 'transient',
          target: target.name,
          charge: 'unsent',
          cause: error,
        },
      );
    }
  }
  if (refused !== null) return refused;
  throw new InferenceError(
    `${target.name}: ${tokenVariable} is not set, and the management API wants a token for its endpoint ${endpointName(target)}. Set it.`,
    { kind: 'auth', target: target.name, charge: 'unsent' },
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
