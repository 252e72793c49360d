import type { Target } from '../../adapters/inference/targets/target.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { fingerprint } from '../../adapters/inference/targets/record-target.ts';
import type { RecordedTarget, Role } from '../../workflows/contracts/targets.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * The target as this worker is configured; another URL, contract or model behind the name is not the one recorded.
 * Without a role it is looked for in all of them: names are unique. Throws `InferenceError` of kind `not_served`.
 */
export function configuredTarget(
  { roles }: Pick<Dependencies['inference'], 'roles'>,
  recorded: RecordedTarget,
  role?: Role,
): Target {
  const candidates = role === undefined ? Object.values(roles).flat() : roles[role];
  const target = candidates.find(({ name }) => name === recorded.name);
  if (target === undefined || fingerprint(target) !== recorded.fingerprint) {
    throw new InferenceError(
      `${recorded.name} is not served by this worker: its hansard.yaml has ${
        target === undefined ? 'no target of that name' : 'another target of that name'
      }`,
      { kind: 'not_served', target: recorded.name, charge: 'unsent' },
    );
  }
  return target;
}
