import { once } from 'node:events';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { callKeyOf } from '../../adapters/inference/call/call-key-of.ts';
import type { Answers, Inputs } from '../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { prepareCall } from '../../adapters/inference/call/prepare-call.ts';
import {
  CallInFlightError,
  executePaidCall,
  type PaidCall,
} from '../../adapters/paid-call/execute-paid-call.ts';
import type { PaidActivityInput } from '../../workflows/contracts/paid-activity.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { StoredResult } from '../../workflows/contracts/stored-results.ts';
import type { PipelineRole } from '../../workflows/contracts/targets.ts';
import {
  askProvider,
  createGatePass,
  TurnAwaitedError,
} from '../../adapters/inference/call/ask-provider.ts';
import { configuredTarget } from './configured-target.ts';
import type { Dependencies } from '../dependencies.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { decideRetry, type RetryDecision } from './decide-retry.ts';
import { toApplicationFailure } from './to-application-failure.ts';
import { startHeartbeat, type Attempt, type Memory } from '../with-heartbeat.ts';
import { rememberWait, waitedMs } from './waited-ms.ts';

/**
 * How long a claim outlives its last renewal. Longer than the heartbeat timeout (20 s), so that no second worker gets
 * the claim before Temporal has given up the first; short enough that a killed worker's calls are soon retried.
 */
export const LEASE_MS = 30_000;

export interface PaidWork<R extends PipelineRole> extends Pick<
  PaidCall<Answers[R]>,
  'home' | 'workKey' | 'lookBy' | 'asked' | 'accept'
> {
  readonly role: R;
  /** Work keys whose tries count as tries of this call: the same question, asked in another way. */
  readonly alsoTried?: readonly string[];
  /** What the next attempt has to know of this failure. */
  readonly noteOf?: (error: unknown) => Partial<Memory>;
  /** Runs only when a call is needed: a chunk is not downloaded for an answer that is stored. */
  readonly input: (signal: AbortSignal, target: Target) => Promise<Inputs[R]>;
}

/**
 * One attempt of one paid call. A stored answer is returned without the gate and the input; otherwise the call goes
 * through the gate, and a failed one becomes a Temporal failure by its verdict and the earlier tries.
 */
export async function callTarget<R extends PipelineRole>(
  deps: Dependencies,
  call: PaidActivityInput,
  work: PaidWork<R>,
): Promise<{ result: StoredResult; reused: boolean }> {
  using heartbeat = startHeartbeat();
  const { signal, memory, remember } = heartbeat;
  let key: string | null = null;
  let others: readonly string[] = [];
  let asked: Target | null = null;
  const ask = async () => {
    // Left before the failure's handler reads the state of the gate.
    await using gate = createGatePass(deps);
    using slot = new DisposableStack();
    return await executePaidCall(deps, {
      ...work,
      tenant: call.tenant,
      jobId: call.jobId,
      runId: runIdOf(call),
      leaseMs: LEASE_MS,
      onClaim: ({ claimedAt }) => {
        if (memory().claimedAtMs === null) remember({ claimedAtMs: claimedAt.getTime() });
      },
      prepare: async () => {
        const configured = configuredTarget(deps.inference, call.target, work.role);
        const target = deps.tokenLimits.applied(configured);
        asked = target;
        // Half of the attempt's time is left for the call.
        const mostMs = heartbeat.leftMs() / 2;
        await heartbeat.inQueue(() => gate.enter(target, { wait: { signal, mostMs } }));
        const prepared = prepareCall(target, work.role, await inputInTime(work, target, heartbeat));
        key = callKeyOf(work.workKey, prepared);
        others = (work.alsoTried ?? []).map((other) => callKeyOf(other, prepared));
        await refuseDeadlyCall(deps, call, key);
        const send = askProvider(deps, prepared, gate, {
          leftMs: heartbeat.leftMs,
          sessionId: call.jobId,
        });
        // Last: what is before it, and the storing of the answer, needs no slot.
        slot.use(await heartbeat.inQueue(() => deps.callSlots.enter(target, signal)));
        return {
          target,
          callKey: key,
          perform: async (...args) => {
            try {
              return await send(...args);
            } finally {
              slot.dispose();
            }
          },
        };
      },
      signal,
    });
  };
  try {
    const answered = await ask().catch((error: unknown) => {
      // Made anew it is another call, with its own key.
      const isTaught =
        error instanceof InferenceError && asked !== null && deps.tokenLimits.learn(asked, error);
      if (!isTaught) throw error;
      return ask();
    });
    if (answered.reused) deps.metrics.countHeldAnswer(work.role);
    return answered;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { attempt } = Context.current().info;
    if (work.noteOf) heartbeat.remember(work.noteOf(error));
    const decision = await retryDecisionOf(deps, call, { key, others, error, heartbeat });
    const failure = toApplicationFailure(error, decision, { attempt, random: Math.random });
    const isRefusal = error instanceof InferenceError && !(error instanceof TurnAwaitedError);
    if (isRefusal) rememberWait(heartbeat, failure);
    throw failure;
  }
}

/** Throws when the time for a call is over before the input is there. */
async function inputInTime<R extends PipelineRole>(
  work: PaidWork<R>,
  target: Target,
  { signal, leftMs, ranMs }: Attempt,
): Promise<Inputs[R]> {
  const late = AbortSignal.timeout(Math.floor(leftMs()));
  const isLate = once(late, 'abort').then(() => Promise.reject(new Error('it is late')));
  try {
    return await Promise.race([isLate, work.input(AbortSignal.any([signal, late]), target)]);
  } catch (cause) {
    if (!late.aborted) throw cause;
    const seconds = Math.round(ranMs() / 1000);
    throw new Error(
      `${target.name}: the input of the call was not ready in time (${seconds} s). It is tried again.`,
      { cause },
    );
  }
}

/** Refuses a call that killed six workers: each death may have been billed, and Temporal would retry for weeks. */
async function refuseDeadlyCall(
  deps: Dependencies,
  call: PaidActivityInput,
  key: string,
): Promise<void> {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } =
    Context.current().info;
  if (attempt <= MOST_DEATHS) return;
  // Two times of one clock: their difference holds on the ledger's clock, too.
  const age = currentAttemptScheduledTimestampMs - scheduledTimestampMs;
  const since = new Date((await deps.ledger.now()).getTime() - age);
  const died = await deps.ledger.unjudgedSince(call.tenant, call.jobId, key, since);
  if (died < MOST_DEATHS) return;
  throw ApplicationFailure.nonRetryable(
    `a worker died ${died} times during this call to ${call.target.name}; see the workers' logs`,
    FAILURES.ItemExhausted,
  );
}

const MOST_DEATHS = 6;

/** Decides from the ledger's record of earlier tries, the target's answers to other calls, and the state of its gate. */
async function retryDecisionOf(
  deps: Dependencies,
  call: PaidActivityInput,
  tried: {
    readonly key: string | null;
    readonly others: readonly string[];
    readonly error: unknown;
    readonly heartbeat: Attempt;
  },
): Promise<RetryDecision> {
  const { key, others, error, heartbeat } = tried;
  if (!(error instanceof InferenceError)) {
    return error instanceof CallInFlightError ? 'retry' : 'final';
  }
  const { kind, credentialsLeft } = error;
  const { tenant, jobId, target, last } = call;
  const { claimedAtMs } = heartbeat.memory();
  // By the ledger's clock, as the times that it is compared with.
  const since = claimedAtMs === null ? null : new Date(claimedAtMs);
  const verdicts =
    key === null || since === null
      ? [kind]
      : await Promise.all(
          [key, ...others].map((one) => deps.ledger.verdictsSince(tenant, jobId, one, since)),
        ).then((verdictsOfEach) => verdictsOfEach.flat());
  const acceptedAt = await deps.ledger.lastAcceptedAt(target.name);
  const gate = await deps.gate.state(target.fingerprint);
  return decideRetry(
    {
      kind,
      verdicts,
      waitedMs: waitedMs(heartbeat),
      last,
      answersOthers: acceptedAt !== null && since !== null && acceptedAt >= since,
      // With 200 the model itself answers that it will not.
      onlyRefuses: acceptedAt === null && (error.status ?? 200) >= 400,
      // Closings for rate limits and loading do not count: those are waited out.
      closings: gate.reason === 'failures' ? gate.closings : 0,
      credentialsLeft,
      managed: target.managed === true,
    },
    deps.inference.patience,
  );
}
