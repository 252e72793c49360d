import type { InferenceConfiguration } from '../../../adapters/inference/targets/load-configuration.ts';
import type { Target } from '../../../adapters/inference/targets/target.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import { OpenAiError } from './open-ai-error.ts';

/**
 * The targets that a model's name means, in order: the chain of a role, or the one target of that name. Throws
 * `OpenAiError` when none of these roles has it, naming what there is.
 */
export function findTargets(
  { roles }: Pick<InferenceConfiguration, 'roles'>,
  model: string,
  served: readonly Role[],
): readonly Target[] {
  const role = served.find((one) => one === model);
  if (role !== undefined && roles[role].length > 0) return roles[role];
  const targets = served.flatMap((one) => roles[one]);
  const target = targets.find(({ name }) => name === model);
  if (target !== undefined) return [target];
  throw noSuchModel([...served.filter((one) => roles[one].length > 0), ...targets.map(nameOf)]);
}

/** @param known names of the models that there are instead */
export const noSuchModel = (known: readonly string[]): OpenAiError => {
  const what = known.length === 0 ? 'no model at all' : known.join(', ');
  return new OpenAiError('model_not_found', `there is no such model here: there is ${what}`, {
    param: 'model',
  });
};

/** The names of models: every role that has targets, and every target. */
export const modelNames = ({ roles }: Pick<InferenceConfiguration, 'roles'>): readonly string[] =>
  Object.values(roles).flatMap((targets) => [
    ...targets.slice(0, 1).map(({ role }) => role),
    ...targets.map(nameOf),
  ]);

const nameOf = ({ name }: Target): string => name;
