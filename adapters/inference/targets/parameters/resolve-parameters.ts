import type { ContractName, Role } from '../../../../workflows/contracts/targets.ts';
import type { ParameterValue } from '../target.ts';
import { contradictionIn } from './contradiction.ts';
import { PARAMETERS } from './parameter-schema.ts';
import type { PresetName } from './presets.ts';
import { PRESETS } from './presets.ts';
import { wirePlaces } from './wire-places.ts';

export type ResolvedParameters =
  | { readonly parameters: Readonly<Record<string, ParameterValue>> }
  | { readonly field: 'preset' | 'parameters'; readonly wrong: string };

/**
 * What a target's preset and parameters come to, in Hansard's own names; or the name of the one that is wrong, and
 * why. A preset sets what the contract can say; a parameter that is written goes before it, and is never dropped.
 */
export function resolveParameters(
  role: Role,
  contract: ContractName,
  said: {
    readonly preset?: PresetName | undefined;
    readonly parameters?: Readonly<Record<string, ParameterValue>> | undefined;
  },
): ResolvedParameters {
  const places = wirePlaces(contract, role);
  const known = `Known here: ${Object.keys(places).join(', ') || 'none'}`;
  const wrong = (sentence: string): ResolvedParameters => ({
    field: 'parameters',
    wrong: sentence,
  });

  if (said.preset !== undefined && role !== 'summarize' && role !== 'generate')
    return { field: 'preset', wrong: `is for roles that write, and not to ${role}. Remove it` };

  const written: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(said.parameters ?? {})) {
    const schema = Object.entries(PARAMETERS[role]).find(([other]) => other === name)?.[1];
    if (schema === undefined) return wrong(`hold ${name}, which ${whyNot(role, name)}. ${known}`);
    if (!Object.hasOwn(places, name))
      return wrong(`hold ${name}, which the contract ${contract} cannot say. ${known}`);
    const checked = schema.safeParse(value);
    if (!checked.success)
      return wrong(`hold ${name}, which ${checked.error.issues[0]?.message ?? 'is wrong'}`);
    written[name] = checked.data;
  }

  const sayable = Object.entries(said.preset === undefined ? {} : PRESETS[said.preset]).filter(
    ([name]) => Object.hasOwn(places, name),
  );
  const parameters = { ...Object.fromEntries(sayable), ...written };
  const contradiction = contradictionIn(parameters);
  if (contradiction !== null)
    return wrong(
      `hold ${contradiction}${said.preset === undefined ? '' : ' (the preset counted)'}. Remove one of them`,
    );
  return { parameters };
}

function whyNot(role: Role, name: string): string {
  const elsewhere = Object.values(PARAMETERS).some((schemas) => Object.hasOwn(schemas, name));
  return elsewhere ? IGNORED[role] : 'is not known';
}

/** Why what shapes another role's answers has no effect on these. */
const IGNORED: Readonly<Record<Role, string>> = {
  transcribe: 'transcription does not know',
  summarize: 'models that write do not know',
  generate: 'models that write do not know',
  illustrate: 'does nothing to a picture',
  moderate: 'does nothing to a classifier: it draws no words',
  classify: 'does nothing to a classifier: it draws no words',
  embed: 'does nothing to a vector: no words are drawn',
};
