import { contractFor } from '../../../adapters/inference/protocols/contract-table.ts';
import type { ParameterValue, Target } from '../../../adapters/inference/targets/target.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { OpenAiError } from './open-ai-error.ts';

/** A parameter of a request: the configuration's name of it, and the request's own; null: it was not sent. */
export interface AskedParameter {
  readonly name: string;
  readonly member: string;
  readonly value: ParameterValue | null;
}

/**
 * The targets that can be asked so, with the parameters of the request; those that the configuration sets stay as they
 * are. Throws `OpenAiError` if there is none, or none has a place for one of the parameters.
 */
export function withParameters(
  targets: readonly Target[],
  role: Role,
  parameters: readonly AskedParameter[],
): readonly [Target, ...Target[]] {
  const asked: Record<string, ParameterValue> = {};
  for (const { name, value } of parameters) if (value !== null) asked[name] = value;
  const able: Target[] = [];
  let missing: string | null = null;
  for (const target of targets) {
    const contract = contractFor(target.contract, role);
    if (contract === null) continue;
    const placeless = Object.keys(asked).find((name) => !Object.hasOwn(contract.places, name));
    if (placeless === undefined) {
      able.push({ ...target, parameters: { ...asked, ...target.parameters } });
    } else missing ??= placeless;
  }
  const [first, ...others] = able;
  if (first !== undefined) return [first, ...others];
  if (missing === null) {
    throw new OpenAiError('model_unsuitable', 'no target of this model can be asked this way', {
      param: 'model',
    });
  }
  const member = parameters.find(({ name }) => name === missing)?.member ?? missing;
  throw new OpenAiError('unsupported_parameter', `no target of this model takes ${member}`, {
    param: member,
  });
}
