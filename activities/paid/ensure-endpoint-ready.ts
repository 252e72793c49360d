import { setTimeout as sleep } from 'node:timers/promises';
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
import { withHeartbeat } from '../with-heartbeat.ts';

/** A replica takes minutes to start; the management API allows a question every few seconds. */
const POLL_MS = 5_000;
/** The state lags behind a request to wake or resume; the request is repeated in case it was lost. */
const REPEAT_MS = 30_000;

/**
 * Wakes the Inference Endpoint behind a target, or resumes it if that is allowed, and waits until it accepts requests.
 * Fails early if waiting cannot help (`ModelNotFound`, `Unauthorized`) or the patience ends (`TargetExhausted`).
 */
export const ensureEndpointReady =
  (
    deps: Pick<Dependencies, 'inference' | 'transport' | 'metrics' | 'now'>,
    pollMs = POLL_MS,
  ): Activities['ensureEndpointReady'] =>
  ({ target: recorded, last }) =>
    withHeartbeat(async ({ signal, leftMs, firstAttemptAt }) => {
      const { inference, transport } = deps;
      const { nextTargetMs, lastTargetMs } = inference.patience;
      const end = firstAttemptAt.getTime() + (last ? lastTargetMs : nextTargetMs);
      const patienceLeftMs = () => end - deps.now().getTime();
      try {
        const target = configuredTarget(inference, recorded);
        if (!isManaged(target)) throw cannotBeWoken(target, NO_ENDPOINT);
        const api = { services: inference.services, exchange: transport.exchange };
        const waitedMs = await untilReady(target, api, {
          signal,
          pollMs,
          longestMs: Math.min(leftMs(), patienceLeftMs()),
        });
        // An endpoint that was awake at the first look does not count as a cold start.
        if (waitedMs > 0 || Context.current().info.attempt > 1) {
          const seconds = (deps.now().getTime() - firstAttemptAt.getTime()) / 1000;
          deps.metrics.observeColdStart(target.name, seconds);
        }
        return { state: 'running', waitedMs };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const { attempt } = Context.current().info;
        const decision = toWakeDecision(error, { leftMs: patienceLeftMs(), attempt });
        if (decision === 'exhausted') deps.metrics.observeColdStart(recorded.name, null);
        throw toApplicationFailure(error, decision, { attempt, random: Math.random });
      }
    });

const NO_ENDPOINT =
  "has no endpoint in this worker's hansard.yaml, so it cannot be woken. Name it under endpoint.";

/** Returns the milliseconds waited; 0: it was ready at the first look. */
async function untilReady(
  target: ManagedTarget,
  api: ManagementApi,
  wait: { readonly signal: AbortSignal; readonly pollMs: number; readonly longestMs: number },
): Promise<number> {
  const { signal } = wait;
  const subject = `: its endpoint ${endpointName(target)}`;
  const start = performance.now();
  let pushedAt = Number.NEGATIVE_INFINITY;
  for (let looks = 1; ; looks += 1) {
    const endpoint = await endpointState(target, api, signal);
    const { state, url } = endpoint;
    const runs = state === 'running' && url !== null;
    if (runs && (await isHealthy(target, endpoint, api.exchange, signal)))
      return looks === 1 ? 0 : Math.round(performance.now() - start);
    if (state === 'failed' || state === 'updateFailed')
      throw cannotBeWoken(
        target,
        `${subject} ${endpoint.message}. Read its logs at https://endpoints.huggingface.co, and restart it.`,
      );
    if (state === 'paused' && !target.endpoint.resume)
      throw cannotBeWoken(target, `${subject} is paused. Resume it, or set endpoint.resume: true.`);
    // It leaves the other states by itself.
    const sleeps = state === 'scaledToZero' || state === 'paused';
    if (sleeps && performance.now() - pushedAt >= REPEAT_MS) {
      pushedAt = performance.now();
      if (state === 'paused') await resumeEndpoint(target, api, signal);
      else await wakeEndpoint(target, endpoint, api.exchange, signal);
    }
    const waitedMs = performance.now() - start;
    if (waitedMs >= wait.longestMs)
      throw errorFor(target, null, {
        kind: 'loading',
        says: `${subject} ${endpoint.message ?? 'runs, but is not healthy yet'} after ${Math.round(waitedMs / 1000)} s. The wait continues while the patience lasts.`,
        charge: 'unsent',
      });
    await sleep(Math.min(wait.pollMs, wait.longestMs - waitedMs + 1), undefined, { signal });
  }
}

const cannotBeWoken = (target: Target, says: string): InferenceError =>
  errorFor(target, null, { kind: 'not_served', says, charge: 'unsent' });

/** Passing trouble is waited out while patience lasts, however often the API itself failed. */
function toWakeDecision(error: unknown, tried: { leftMs: number; attempt: number }): RetryDecision {
  if (!(error instanceof InferenceError)) return 'final';
  const { retry } = CONSEQUENCES[error.kind];
  if (retry.until === 'tokens' || retry.until === 'now') return 'final';
  const isCounted = retry.until === 'tries' && !retry.lastTargetWaits;
  const isOver = isCounted ? tried.attempt >= retry.tries : tried.leftMs <= 0;
  return isOver ? 'exhausted' : 'retry';
}
