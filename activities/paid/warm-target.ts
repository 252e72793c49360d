import { callKey } from '../../adapters/identity/call-key.ts';
import { workKey } from '../../adapters/identity/work-key.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { prepareCall } from '../../adapters/inference/call/prepare-call.ts';
import { smallestInput } from '../../adapters/inference/call/smallest-request.ts';
import type { Activities, WarmOutcome } from '../../workflows/contracts/activities.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { askProvider, throughGate } from '../../adapters/inference/call/ask-provider.ts';
import type { Dependencies } from '../dependencies.ts';
import { withHeartbeat, type Attempt } from '../with-heartbeat.ts';

/** A model that answered a job this lately is warm: hf-inference reclaims after about 15 idle minutes. */
const RECENT_MS = 4 * 60_000;
/** Longer than the two minutes that the policy gives the whole activity: nothing renews it. */
const LEASE_MS = 150_000;

/** The smallest valid request of the target's task, booked to the account of warm-ups; skipped after real traffic. */
export const warmTarget =
  (deps: Dependencies): Activities['warmTarget'] =>
  async ({ target: name }) => {
    const target = Object.values(deps.inference.roles)
      .flat()
      .find((candidate) => candidate.name === name);
    if (target === undefined) return { outcome: 'cold', status: null };
    const last = await deps.ledger.lastAcceptedAt(name);
    if (last !== null && deps.now().getTime() - last.getTime() < RECENT_MS) {
      return { outcome: 'skipped', status: null };
    }
    return await withHeartbeat((attempt) => ping(deps, target, attempt));
  };

async function ping(
  deps: Dependencies,
  target: Target,
  { signal, deadlineMs }: Attempt,
): Promise<WarmOutcome> {
  const { role } = target;
  const prepared = prepareCall(target, role, smallestInput(role, target));
  const key = workKey({
    role,
    input: 'warm-up',
    language: null,
    templateVersion: null,
    promptVersion: null,
    schemaDigest: null,
    variant: {},
  });
  const claim = await deps.ledger.claim({
    tenant: DEFAULT_TENANT,
    jobId: `warm-up/${target.name}`,
    account: 'warm-up',
    role,
    workKey: key,
    callKey: callKey({
      workKey: key,
      contract: target.contract,
      baseUrl: target.baseUrl,
      model: target.model,
      revision: target.revision,
      parameters: prepared.request.parameters,
    }),
    target: target.name,
    model: target.model,
    leaseMs: LEASE_MS,
  });
  if (claim.outcome === 'held') return { outcome: 'skipped', status: null };
  if (!(await deps.ledger.markSending(claim.entryId, LEASE_MS))) {
    return { outcome: 'skipped', status: null };
  }
  try {
    // A closed gate is opened by whom it lets through as its probe.
    const { usage } = await throughGate(
      deps,
      target,
      (tell) => askProvider(deps, prepared, { signal, deadlineMs }, tell),
      { probe: true },
    );
    await deps.ledger.settle(claim.entryId, { state: 'rejected', verdict: null, usage });
    return { outcome: 'warm', status: 200 };
  } catch (error) {
    if (!(error instanceof InferenceError)) {
      await deps.ledger.settle(claim.entryId, { state: 'in_doubt', verdict: null, usage: null });
      throw error;
    }
    // An answer to silence may be nonsense; whoever answers, or takes work into a queue, is awake.
    const answered = error.charge === 'billed' || error.charge === 'pending';
    await deps.ledger.settle(claim.entryId, {
      state: answered ? 'rejected' : error.charge === 'unknown' ? 'in_doubt' : 'failed',
      verdict: error.kind,
      usage: null,
    });
    return { outcome: answered ? 'warm' : 'cold', status: error.status };
  }
}
