import { Context } from '@temporalio/activity';
import {
  endpointName,
  endpointState,
  isManaged,
  resumeEndpoint,
  type ManagedTarget,
  type ManagementApi,
} from '../../adapters/inference/endpoints/endpoint-api.ts';
import { isHealthy, wakeEndpoint } from '../../adapters/inference/endpoints/endpoint-health.ts';
import { CONSEQUENCES } from '../../adapters/inference/verdicts/consequences.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import { errorFor, InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { configuredTarget } from './configured-target.ts';
import type { Dependencies } from '../dependencies.ts';
import type { RetryDecision } from './decide-retry.ts';
import { toApplicationFailure } from './to-application-failure.ts';
import { withHeartbeat, type Attempt } from '../with-heartbeat.ts';
import { rememberWait, waitedMs } from './waited-ms.ts';

/** A replica takes minutes to start. The management API allows a question every few seconds. */
const SHORTEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** The state lags behind a request to wake or resume; the request is repeated in case it was lost. */
const REPEAT_MS = 30_000;

/**
 * Looks once at the Inference Endpoint behind a target, and wakes it, or resumes it if that is allowed. Until it
 * accepts requests each look fails as `ModelLoading`, and Temporal makes the next one after a pause: nothing waits on
 * the queue. Ends if waiting cannot help (`ModelNotFound`, `Unauthorized`) or the patience ends (`TargetExhausted`).
 */
export const ensureEndpointReady =
  (
    deps: Pick<Dependencies, 'inference' | 'transport' | 'metrics'>,
  ): Activities['ensureEndpointReady'] =>
  ({ target: recorded, last }) =>
    withHeartbeat(async (heartbeat) => {
      const { inference, transport, metrics } = deps;
      const { signal, memory, remember } = heartbeat;
      const { attempt } = Context.current().info;
      try {
        const target = configuredTarget(inference, recorded);
        if (!isManaged(target)) throw cannotBeWoken(target, NO_ENDPOINT);
        const api = { services: inference.services, exchange: transport.exchange };
        await look(target, api, heartbeat);
        const waited = waitedMs(heartbeat);
        // An endpoint that was awake at the first look does not count as a cold start.
        if (attempt > 1) metrics.observeColdStart(target.name, waited / 1000);
        return { state: 'running', waitedMs: Math.round(waited) };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof InferenceError && error.kind === 'provider_bug') {
          remember({ badReplies: (memory().badReplies ?? 0) + 1 });
        }
        const { nextTargetMs, lastTargetMs } = inference.patience;
        const decision = toWakeDecision(error, {
          isPatient: waitedMs(heartbeat) < (last ? lastTargetMs : nextTargetMs),
          badReplies: memory().badReplies ?? 0,
        });
        if (decision === 'exhausted') metrics.observeColdStart(recorded.name, null);
        const failure = toApplicationFailure(error, decision, { attempt, random: Math.random });
        rememberWait(heartbeat, failure);
        throw failure;
      }
    });

const NO_ENDPOINT =
  "has no endpoint in this worker's hansard.yaml, so it cannot be woken. Name it under endpoint.";

/** Returns if the endpoint accepts requests. */
async function look(target: ManagedTarget, api: ManagementApi, heartbeat: Attempt): Promise<void> {
  const { signal, memory, remember } = heartbeat;
  const subject = `: its endpoint ${endpointName(target)}`;
  const endpoint = await endpointState(target, api, signal);
  const { state, url } = endpoint;
  const runs = state === 'running' && url !== null;
  if (runs && (await isHealthy(target, endpoint, api.exchange, signal))) return;
  if (state === 'failed' || state === 'updateFailed')
    throw cannotBeWoken(
      target,
      `${subject} ${endpoint.message}. Read its logs at https://endpoints.huggingface.co, and restart it.`,
    );
  if (state === 'paused' && !target.endpoint.resume)
    throw cannotBeWoken(target, `${subject} is paused. Resume it, or set endpoint.resume: true.`);
  const waited = waitedMs(heartbeat);
  // It leaves the other states by itself.
  const sleeps = state === 'scaledToZero' || state === 'paused';
  const { pushedAtMs } = memory();
  if (sleeps && (pushedAtMs === null || waited - pushedAtMs >= REPEAT_MS)) {
    remember({ pushedAtMs: waited });
    if (state === 'paused') await resumeEndpoint(target, api, signal);
    else await wakeEndpoint(target, endpoint, api.exchange, signal);
  }
  throw errorFor(target, null, {
    kind: 'loading',
    says: `${subject} ${endpoint.message ?? 'runs, but is not healthy yet'} after ${Math.round(waited / 1000)} s. It is looked at again while the patience lasts.`,
    // A tenth of the wait so far: a start is noticed soon, and hours need few looks.
    waitMs: Math.min(Math.max(waited / 10, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS),
    charge: 'unsent',
  });
}

const cannotBeWoken = (target: Target, says: string): InferenceError =>
  errorFor(target, null, { kind: 'not_served', says, charge: 'unsent' });

/** Passing trouble is waited out while patience lasts, however often the API itself failed. */
function toWakeDecision(
  error: unknown,
  tried: { readonly isPatient: boolean; readonly badReplies: number },
): RetryDecision {
  if (!(error instanceof InferenceError)) return 'final';
  const { retry } = CONSEQUENCES[error.kind];
  if (retry.until === 'tokens' || retry.until === 'now') return 'final';
  const isCounted = retry.until === 'tries' && !retry.lastTargetWaits;
  const goesOn = isCounted ? tried.badReplies < retry.tries : tried.isPatient;
  return goesOn ? 'retry' : 'exhausted';
}
