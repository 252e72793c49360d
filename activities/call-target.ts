import { Context } from '@temporalio/activity';
import { callKey } from '../adapters/identity/call-key.ts';
import type { Answers, Inputs, Target } from '../adapters/inference/contract.ts';
import { infer } from '../adapters/inference/infer.ts';
import { InferenceError } from '../adapters/inference/inference-error.ts';
import { prepareCall } from '../adapters/inference/prepare-call.ts';
import { fingerprint } from '../adapters/inference/record-target.ts';
import { CallInFlightError, executePaidCall } from '../adapters/paid-call/execute-paid-call.ts';
import { confirmAccepted, findResult } from '../adapters/paid-call/look-up-result.ts';
import type { PaidCall } from '../workflows/contracts/activities.ts';
import type { StoredResult } from '../workflows/contracts/stored-results.ts';
import type { PipelineRole, RecordedTarget } from '../workflows/contracts/targets.ts';
import type { Dependencies } from './dependencies.ts';
import { judge, type Judgement } from './exhaustion.ts';
import { toApplicationFailure } from './to-application-failure.ts';
import { withHeartbeat } from './with-heartbeat.ts';

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
  readonly input: (signal: AbortSignal) => Promise<Inputs[R]>;
  /** Checks an answer and gives it the form in which it is stored; throws `InferenceError` to refuse it. */
  readonly accept: (answer: Answers[R]) => Promise<unknown>;
}

/** One attempt of one paid call: held answers first, then the sequence of the paid call, then the verdict. */
export async function callTarget<R extends PipelineRole>(
  deps: Dependencies,
  call: PaidCall,
  work: PaidWork<R>,
): Promise<{ result: StoredResult; reused: boolean }> {
  return await withHeartbeat(async (signal, deadlineMs) => {
    const held = await findResult(deps.store, work.home, work.role, work.workKey);
    if (held !== null) {
      await confirmAccepted(deps.ledger, held);
      return { result: held, reused: true };
    }

    let key: string | null = null;
    try {
      const target = configuredTarget(deps, call.target, work.role);
      const prepared = prepareCall(target, work.role, await work.input(signal));
      key = callKey({
        workKey: work.workKey,
        contract: target.contract,
        baseUrl: target.baseUrl,
        model: target.model,
        revision: target.revision,
        parameters: prepared.request.parameters,
      });
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
          perform: (inner) => infer(deps.transport, prepared, { signal: inner, deadlineMs }),
          accept: work.accept,
          signal,
        },
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const { attempt } = Context.current().info;
      const judgement = await judgementOf(deps, call, key, error);
      throw toApplicationFailure(error, judgement, { attempt, random: Math.random });
    }
  });
}

/** The target as this worker is configured; another URL, contract or model behind the name is not the one recorded. */
function configuredTarget(
  deps: Dependencies,
  recorded: RecordedTarget,
  role: PipelineRole,
): Target {
  const target = deps.inference.roles[role].find(({ name }) => name === recorded.name);
  if (target === undefined || fingerprint(target) !== recorded.fingerprint) {
    throw new InferenceError(
      `${recorded.name} is not served by this worker: its hansard.yaml has ${
        target === undefined ? 'no target of that name' : 'another target of that name'
      }`,
      { kind: 'not_served', target: recorded.name, billing: 'unsent' },
    );
  }
  return target;
}

/** From what the ledger says of the earlier tries. */
async function judgementOf(
  deps: Dependencies,
  call: PaidCall,
  key: string | null,
  error: unknown,
): Promise<Judgement> {
  if (!(error instanceof InferenceError)) {
    return error instanceof CallInFlightError ? 'retry' : 'final';
  }
  const { last } = call;
  const since = new Date(Context.current().info.scheduledTimestampMs);
  if (key === null) return judge({ kind: error.kind, verdicts: [error.kind], waitedMs: 0, last });
  const about = [call.tenant, call.jobId, key, since] as const;
  const verdicts = await deps.ledger.verdictsSince(...about);
  // Not from `since`: hours in the queue behind other items are not the target's delay.
  const firstTryAt = await deps.ledger.firstTryAt(...about);
  const waitedMs = firstTryAt === null ? 0 : deps.now().getTime() - firstTryAt.getTime();
  return judge({ kind: error.kind, verdicts, waitedMs, last });
}
