import { callDeadline } from '../wire/deadlines.ts';
import type { Parsed, Target } from '../protocols/contract.ts';
import { ExchangeError } from '../wire/exchange-error.ts';
import type { GateOutcome } from '../limits/gate-record.ts';
import { infer, type CallOptions } from './infer.ts';
import { InferenceError } from '../verdicts/inference-error.ts';
import type { PreparedCall } from './prepare-call.ts';
import { fingerprint } from '../targets/record-target.ts';
import { markOf } from '../limits/api-token-pool.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { InferenceLayer } from './create-inference-layer.ts';

type Needed = Pick<InferenceLayer, 'transport' | 'gate' | 'apiTokenPoolOf' | 'metrics'>;

/**
 * Runs `work` under the gate of the target, and tells the gate what came of it. Throws `InferenceError` of kind
 * `closed` where the gate lets nothing through; else what `work` throws.
 */
export async function throughGate<T>(
  { gate }: Pick<Needed, 'gate'>,
  target: Target,
  work: (tell: (outcome: GateOutcome) => void) => Promise<T>,
  options: { readonly probe?: boolean } = {},
): Promise<T> {
  const key = fingerprint(target);
  const admission = await gate.admit(key, options);
  if (!admission.admitted) {
    const { waitMs, reason } = admission;
    throw new InferenceError(
      `${target.name} is left alone for another ${Math.ceil(waitMs / 1000)} s (${reason}). It is asked again then.`,
      { kind: 'closed', target: target.name, waitMs, charge: 'unsent' },
    );
  }
  let outcome: GateOutcome | null = null;
  try {
    return await work((told) => {
      outcome = told;
    });
  } finally {
    // Held answers, lost claims, cancellations: nothing was learned of the target.
    await (outcome === null ? gate.withdraw(key, admission) : gate.report(key, admission, outcome));
  }
}

/** One request to a provider, or one round of questions after queued work: with a token of the pool, and measured. */
export async function askProvider<R extends Role>(
  { transport, apiTokenPoolOf, metrics }: Needed,
  prepared: PreparedCall<R>,
  options: CallOptions,
  tell: (outcome: GateOutcome) => void,
): Promise<Parsed<R>> {
  const { target } = prepared;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const apiTokenPool = apiTokenPoolOf(target.name);
  const taken = apiTokenPool.take(target.apiTokens, options.ticket?.handedInBy);
  if (taken.outcome === 'none') {
    const { kind, waitMs } = taken;
    throw new InferenceError(
      `${target.name} has no token left: each of ${target.tokenVariable ?? 'its tokens'} was refused, is out of credit or rests.`,
      { kind, target: target.name, waitMs, charge: 'unsent' },
    );
  }
  const { token } = taken;
  const handedInBy = options.ticket?.handedInBy ?? (token === null ? undefined : markOf(token));
  try {
    const parsed = await infer(transport, prepared, {
      ...options,
      deadlineMs: callDeadline(target, options.deadlineMs),
      token,
      keepTicket: async (ticket) => await options.keepTicket?.({ ...ticket, handedInBy }),
    });
    apiTokenPool.report(token, 'answered', null);
    tell({ answered: true });
    metrics.observeCall({
      target: target.name,
      outcome: 'answered',
      status: 200,
      seconds: seconds(),
      usage: parsed.usage,
    });
    return parsed;
  } catch (error) {
    if (!(error instanceof InferenceError) || isOurs(error)) throw error;
    const { kind, status, waitMs, charge } = error;
    metrics.observeCall({
      target: target.name,
      outcome: kind,
      status,
      seconds: seconds(),
      usage: null,
    });
    const ofToken = kind === 'auth' || kind === 'billing' || kind === 'rate_limited';
    if (!ofToken) {
      // The work runs, and the target is well.
      if (charge === 'pending') throw error;
      tell({ answered: false, kind, waitMs });
      throw error;
    }
    apiTokenPool.report(token, kind, waitMs);
    const credentialsLeft = apiTokenPool.othersReady(target.apiTokens, token);
    // With another token ready this refusal was of the account, and the target is not to be left alone for it.
    if (!credentialsLeft) tell({ answered: false, kind, waitMs });
    throw credentialsLeft ? withAnotherToken(error) : error;
  }
}

/** The object store broke off while the request was being sent: the target has nothing to do with it. */
const isOurs = ({ cause }: InferenceError): boolean =>
  cause instanceof ExchangeError && cause.reason === 'source_failed';

const withAnotherToken = (error: InferenceError): InferenceError =>
  new InferenceError(error.message, {
    kind: error.kind,
    target: error.target,
    status: error.status,
    requestId: error.requestId,
    // At once: what the first account was asked to wait is not asked of the second.
    waitMs: null,
    charge: error.charge,
    credentialsLeft: true,
    cause: error,
  });
