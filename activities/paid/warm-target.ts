import { workKey } from '../../adapters/identity/work-key.ts';
import { callKeyOf } from '../../adapters/inference/call/call-key-of.ts';
import { askProvider, createGatePass } from '../../adapters/inference/call/ask-provider.ts';
import { prepareCall, type PreparedCall } from '../../adapters/inference/call/prepare-call.ts';
import { smallestInput } from '../../adapters/inference/call/smallest-request.ts';
import { InferenceError, restated } from '../../adapters/inference/verdicts/inference-error.ts';
import {
  CallInFlightError,
  executePaidCall,
  type PaidCall,
} from '../../adapters/paid-call/execute-paid-call.ts';
import type { Activities, WarmOutcome } from '../../workflows/contracts/activities.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { Dependencies } from '../dependencies.ts';
import { startHeartbeat } from '../with-heartbeat.ts';
import { LEASE_MS } from './call-target.ts';
import { UNSPECIFIED } from './work-keys.ts';

/** A model that answered a job this recently is warm: hf-inference reclaims after about 15 idle minutes. */
const RECENT_MS = 4 * 60_000;

/**
 * Sends the smallest valid request of the target's task through the sequence of the paid call, booked to the account
 * of warm-ups. Skipped if the target answered a job lately, or while another warm-up of it runs.
 */
export const warmTarget =
  (deps: Dependencies): Activities['warmTarget'] =>
  async ({ target: name }) => {
    const configured = Object.values(deps.inference.roles)
      .flat()
      .find((candidate) => candidate.name === name);
    if (configured === undefined) return { outcome: 'cold', status: null };
    const target = deps.tokenLimits.applied(configured);
    const last = await deps.ledger.lastAcceptedAt(name);
    const now = await deps.ledger.now();
    if (last !== null && now.getTime() - last.getTime() < RECENT_MS) {
      return { outcome: 'skipped', status: null };
    }
    // Outside of `try`: a request that cannot be built fails the activity with its remedy.
    const prepared = prepareCall(target, target.role, smallestInput(target.role, target));
    try {
      return await ping(deps, prepared);
    } catch (error) {
      if (error instanceof CallInFlightError) return { outcome: 'skipped', status: null };
      if (!(error instanceof InferenceError)) throw error;
      // The answer to silence may make no sense, but a model that gave it, or queued the work, is awake.
      return { outcome: error.charge === 'billed' ? 'warm' : 'cold', status: error.status };
    }
  };

async function ping(deps: Dependencies, prepared: PreparedCall<Role>): Promise<WarmOutcome> {
  using heartbeat = startHeartbeat();
  const { target } = prepared;
  const { role } = target;
  const key = workKey({ role, input: 'warm-up', ...UNSPECIFIED, variant: {} });
  const warmUp: PaidCall<unknown> = {
    tenant: DEFAULT_TENANT,
    jobId: `warm-up/${target.name}`,
    runId: null,
    account: 'warm-up',
    role,
    workKey: key,
    lookBy: 'none',
    // Never read: nothing is looked up, and no answer is accepted.
    home: '',
    leaseMs: LEASE_MS,
    signal: heartbeat.signal,
    // The answer is not worth waiting for.
    graceMs: 0,
    prepare: () =>
      Promise.resolve({
        target,
        callKey: callKeyOf(key, prepared),
        perform: async (signal) => {
          using _slot = await deps.callSlots.enter(target, signal);
          await using gate = createGatePass(deps);
          // A warm-up goes through a closed gate as its probe, and opens it.
          await gate.enter(target, { probe: true });
          try {
            return await askProvider(deps, prepared, gate, heartbeat)(signal);
          } catch (error) {
            throw isPending(error) ? asBilled(error) : error;
          }
        },
      }),
    accept: () => Promise.reject(new AnswerNotKeptError()),
  };
  try {
    await executePaidCall(deps, warmUp);
  } catch (error) {
    if (!(error instanceof AnswerNotKeptError)) throw error;
  }
  return { outcome: 'warm', status: 200 };
}

/** Refuses the answer of a warm-up, so that it is booked as rejected and no job finds it. */
class AnswerNotKeptError extends Error {
  override readonly name = 'AnswerNotKeptError';
}

const isPending = (error: unknown): error is InferenceError =>
  error instanceof InferenceError && error.charge === 'pending';

/** Nobody follows the queued work of a warm-up: it will be billed, and its answer is not fetched. */
const asBilled = (error: InferenceError): InferenceError => restated(error, { charge: 'billed' });
