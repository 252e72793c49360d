import type { Target } from '../../adapters/inference/targets/target.ts';
import { errorFor } from '../../adapters/inference/verdicts/inference-error.ts';
import { fingerprint } from '../../adapters/inference/targets/record-target.ts';
import type { RecordedTarget, Role } from '../../workflows/contracts/targets.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * The recorded target as this worker has it configured. Names are unique, so without a role all roles are searched.
 * Throws `InferenceError` of kind `not_served` if the name is missing, or has another URL, contract or model.
 */
export function configuredTarget(
  { roles }: Pick<Dependencies['inference'], 'roles'>,
  recorded: RecordedTarget,
  role?: Role,
): Target {
  const candidates = role === undefined ? Object.values(roles).flat() : roles[role];
  const target = candidates.find(({ name }) => name === recorded.name);
  if (target === undefined || fingerprint(target) !== recorded.fingerprint) {
    const found = target === undefined ? 'no target' : 'another target';
    throw errorFor(recorded, null, {
      kind: 'not_served',
      says: `is not served by this worker: its hansard.yaml has ${found} of that name`,
      charge: 'unsent',
    });
  }
  return target;
}
