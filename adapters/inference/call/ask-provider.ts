import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../targets/target.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { ObservedCall } from '../metrics/create-inference-metrics.ts';
import { markOf, restsToken } from '../limits/api-token-pool.ts';
import { SMALL_LIMIT } from '../limits/call-slots.ts';
import type { Admitted, GateOutcome } from '../limits/gate-record.ts';
import type { Parsed } from '../protocols/contract.ts';
import { fingerprint } from '../targets/record-target.ts';
import { errorFor, InferenceError, restated } from '../verdicts/inference-error.ts';
import { ExchangeError } from '../wire/exchange.ts';
import type { InferenceLayer } from './create-inference-layer.ts';
import { infer, type CallOptions } from './infer.ts';
import type { PreparedCall } from './prepare-call.ts';

interface WaitForTurn {
  readonly signal: AbortSignal;
  readonly mostMs: number;
}

/** Too many calls of our own are before this one: the target did not refuse it. */
export class TurnAwaitedError extends InferenceError {}

/** One call's way through the gate of its target. Disposing of it tells the gate what the call showed. */
export type GatePass = ReturnType<typeof createGatePass>;

export function createGatePass({ gate }: Pick<InferenceLayer, 'gate'>) {
  let entered: { readonly key: string; readonly admission: Admitted } | null = null;
  let outcome: GateOutcome | null = null;
  return {
    /**
     * Throws `InferenceError` of kind `closed` if the gate refuses the call. With `wait`, a call of a target with a small
     * limit first waits for its turn, or is refused if that is further away than `mostMs`; throws if the signal aborts.
     */
    enter: async (
      target: Target,
      { probe = false, wait }: { readonly probe?: boolean; readonly wait?: WaitForTurn } = {},
    ): Promise<void> => {
      const key = fingerprint(target);
      const refused = (waitMs: number, why: string, Refusal = InferenceError) =>
        new Refusal(
          `${target.name} is paused for another ${Math.ceil(waitMs / 1000)} s (${why}). It is retried then.`,
          { kind: 'closed', target: target.name, waitMs, charge: 'unsent' },
        );
      const perMinute = target.requestsPerMinute ?? Infinity;
      if (wait !== undefined && perMinute <= SMALL_LIMIT) {
        const { taken, waitMs } = await gate.turn(key, perMinute, wait.mostMs);
        if (!taken) throw refused(waitMs, `${perMinute} requests a minute`, TurnAwaitedError);
        if (waitMs > 0) await sleep(waitMs, undefined, { signal: wait.signal });
      }
      const admission = await gate.admit(key, { probe });
      if (!admission.admitted) throw refused(admission.waitMs, admission.reason);
      entered = { key, admission };
    },
    /** What the call showed about the target; a later report replaces an earlier one. */
    report: (reported: GateOutcome): void => {
      outcome = reported;
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      if (entered === null) return;
      // No outcome: an answer was stored already, the claim was lost, or the call was cancelled.
      const reporting = gate.report(entered.key, entered.admission, outcome);
      // An open gate learns of an answer meanwhile; everything else it knows before the next call asks it.
      const isUsual = outcome?.answered === true && !entered.admission.probe;
      if (!isUsual) await reporting;
    },
  };
}

/**
 * Returns the function that makes the call: one request to the provider, or one round of questions about queued work.
 * It takes a token from the pool, measures the call, and reports the outcome to pool, gate and metrics.
 */
export const askProvider =
  <R extends Role>(
    {
      transport,
      apiTokenPoolOf,
      metrics,
    }: Pick<InferenceLayer, 'transport' | 'apiTokenPoolOf' | 'metrics'>,
    prepared: PreparedCall<R>,
    gate: Pick<GatePass, 'report'>,
    {
      leftMs,
      sessionId = null,
      onBytes,
    }: {
      readonly leftMs: () => number;
      readonly sessionId?: string | null;
      readonly onBytes?: CallOptions['onBytes'];
    },
  ) =>
  async (
    signal: AbortSignal,
    { ticket = null, keepTicket }: Pick<CallOptions, 'ticket' | 'keepTicket'> = {},
  ): Promise<Parsed<R>> => {
    const { target } = prepared;
    const deadlineMs = leftMs();
    if (deadlineMs < LEAST_MS)
      throw errorFor(target, null, {
        kind: 'transient',
        says: ': no time was left for the call when it could be sent. It is tried again.',
        charge: 'unsent',
      });
    const startedAt = performance.now();
    const observe = (call: Pick<ObservedCall, 'outcome' | 'status' | 'usage'>): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.observeCall({ target: target.name, seconds, ...call });
    };
    const pool = apiTokenPoolOf(target.name);
    const taken = pool.take(target.apiTokens, ticket?.handedInBy);
    if (taken.outcome === 'none') {
      const { kind, waitMs } = taken;
      throw errorFor(target, null, {
        kind,
        says: `has no usable token: each of ${target.tokenVariable ?? 'its tokens'} was refused, is out of credit or is rate limited.`,
        waitMs,
        charge: 'unsent',
      });
    }
    const { token } = taken;
    const handedInBy = ticket?.handedInBy ?? (token === null ? undefined : markOf(token));
    try {
      const parsed = await infer(transport, prepared, {
        signal,
        deadlineMs,
        sessionId,
        token,
        onBytes,
        ticket,
        keepTicket: async (kept) => await keepTicket?.({ ...kept, handedInBy }),
      });
      pool.report(token, 'answered', null);
      gate.report({ answered: true });
      observe({ outcome: 'answered', status: 200, usage: parsed.usage });
      return parsed;
    } catch (error) {
      if (!(error instanceof InferenceError) || isSourceFailure(error)) throw error;
      const { kind, status, waitMs, charge } = error;
      observe({ outcome: kind, status, usage: null });
      pool.report(token, kind, waitMs);
      // Another token is ready: the account was refused, so the target itself stays open. No `waitMs`, so that it is
      // retried at once: the wait was asked of the first account only.
      if (restsToken(kind) && pool.othersReady(target.apiTokens, token))
        throw restated(error, { waitMs: null, credentialsLeft: true });
      // Pending: the provider is still working, which says nothing bad about the target.
      if (charge !== 'pending' || restsToken(kind)) gate.report({ answered: false, kind, waitMs });
      throw error;
    }
  };

/** A call with less time would be sent, and billed, for nothing. */
const LEAST_MS = 250;

/** The object store failed while the request was being sent: the target is not to blame. */
const isSourceFailure = ({ cause }: InferenceError): boolean =>
  cause instanceof ExchangeError && cause.reason === 'source_failed';
