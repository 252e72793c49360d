import { ApplicationFailure, Context } from '@temporalio/activity';
import { callKey } from '../../adapters/identity/call-key.ts';
import type { Answers, Inputs, Target } from '../../adapters/inference/protocols/contract.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { prepareCall } from '../../adapters/inference/call/prepare-call.ts';
import { CallInFlightError, executePaidCall } from '../../adapters/paid-call/execute-paid-call.ts';
import { confirmAccepted, findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { PaidCall } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { StoredResult } from '../../workflows/contracts/stored-results.ts';
import type { PipelineRole } from '../../workflows/contracts/targets.ts';
import { askProvider, throughGate } from '../../adapters/inference/call/ask-provider.ts';
import { configuredTarget } from './configured-target.ts';
import type { Dependencies } from '../dependencies.ts';
import { decideRetry, type RetryDecision } from './decide-retry.ts';
import { toApplicationFailure } from './to-application-failure.ts';
import { withHeartbeat } from '../with-heartbeat.ts';

/**
 * How long a claim outlives its last renewal. Longer than the heartbeat timeout (20 s), so that no second worker gets
 * the claim before Temporal has given up the first; short enough that a killed worker's calls are soon asked again.
 */
const LEASE_MS = 30_000;

export interface PaidWork<R extends PipelineRole> {
  readonly role: R;
  /** Where results of this input lie: the recording's or the job's folder. */
  readonly home: string;
  readonly workKey: string;
  /** Made only when a call is needed: downloading a chunk for an answer that we hold would be waste. */
  readonly input: (signal: AbortSignal, target: Target) => Promise<Inputs[R]>;
  /** Checks an answer and gives it the form in which it is stored; throws `InferenceError` to refuse it. */
  readonly accept: (answer: Answers[R]) => Promise<unknown>;
}

/** One attempt of one paid call: held answers first, then the sequence of the paid call, then the verdict. */
export async function callTarget<R extends PipelineRole>(
  deps: Dependencies,
  call: PaidCall,
  work: PaidWork<R>,
): Promise<{ result: StoredResult; reused: boolean }> {
  return await withHeartbeat(async ({ signal, deadlineMs, firstAttemptAt }) => {
    const held = await findResult(deps.store, work.home, work.role, work.workKey);
    if (held !== null) {
      await confirmAccepted(deps.ledger, held);
      deps.metrics.countHeldAnswer(work.role);
      return { result: held, reused: true };
    }

    let key: string | null = null;
    try {
      const target = configuredTarget(deps.inference, call.target, work.role);
      return await throughGate(deps, target, async (tell) => {
        const prepared = prepareCall(target, work.role, await work.input(signal, target));
        key = callKey({
          workKey: work.workKey,
          contract: target.contract,
          baseUrl: target.baseUrl,
          model: target.model,
          revision: target.revision,
          parameters: prepared.request.parameters,
        });
        await requireSurvivors(deps, call, key);
        return await executePaidCall(
          { ledger: deps.ledger, store: deps.store, now: deps.now },
          {
            tenant: call.tenant,
            jobId: call.jobId,
            account: 'job',
            role: work.role,
            home: work.home,
            workKey: work.workKey,
            callKey: key,
            target,
            leaseMs: LEASE_MS,
            perform: (inner, queued) =>
              askProvider(
                deps,
                prepared,
                { signal: inner, deadlineMs, sessionId: call.jobId, ...queued },
                tell,
              ),
            accept: work.accept,
            signal,
          },
        );
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const { attempt } = Context.current().info;
      const decision = await retryDecisionOf(deps, call, { key, error, firstAttemptAt });
      throw toApplicationFailure(error, decision, { attempt, random: Math.random });
    }
  });
}

/** Each time that a worker dies in a call it may be billed: what kills one after another is not asked for seven days. */
async function requireSurvivors(deps: Dependencies, call: PaidCall, key: string): Promise<void> {
  const { attempt, scheduledTimestampMs } = Context.current().info;
  if (attempt <= MOST_DEATHS) return;
  const since = new Date(scheduledTimestampMs);
  const died = await deps.ledger.unjudgedSince(call.tenant, call.jobId, key, since);
  if (died < MOST_DEATHS) return;
  throw ApplicationFailure.nonRetryable(
    `the worker died ${died} times while it asked ${call.target.name} this; see the workers' logs`,
    FAILURES.ItemExhausted,
  );
}

const MOST_DEATHS = 6;

/** From what the ledger says of the earlier tries of this call, and of the target's answers to others. */
async function retryDecisionOf(
  deps: Dependencies,
  call: PaidCall,
  tried: { readonly key: string | null; readonly error: unknown; readonly firstAttemptAt: Date },
): Promise<RetryDecision> {
  const { key, error, firstAttemptAt } = tried;
  if (!(error instanceof InferenceError)) {
    return error instanceof CallInFlightError ? 'retry' : 'final';
  }
  const { kind, credentialsLeft } = error;
  const { tenant, jobId, target, last } = call;
  const since = new Date(Context.current().info.scheduledTimestampMs);
  const verdicts =
    key === null ? [kind] : await deps.ledger.verdictsSince(tenant, jobId, key, since);
  const acceptedAt = await deps.ledger.lastAcceptedAt(target.name);
  const gate = await deps.gate.state(target.fingerprint);
  return decideRetry(
    {
      kind,
      verdicts,
      waitedMs: deps.now().getTime() - firstAttemptAt.getTime(),
      last,
      answersOthers: acceptedAt !== null && acceptedAt >= firstAttemptAt,
      // A limit, or a model that loads, is waited for with patience, however often it is met.
      closings: gate.reason === 'failures' ? gate.closings : 0,
      credentialsLeft,
      managed: target.managed === true,
    },
    deps.inference.patience,
  );
}
