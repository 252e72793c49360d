import type { Role } from '../../../workflows/contracts/targets.ts';
import { contractFor } from '../protocols/contract-table.ts';
import { PARAMETERS, PRESETS, type PresetName } from './parameter-schema.ts';
import type { ParameterValue } from './target.ts';

export type ResolvedParameters =
  | { readonly parameters: Readonly<Record<string, ParameterValue>> }
  | { readonly field: 'preset' | 'parameters'; readonly wrong: string };

/**
 * The parameters that follow from a target's preset and its own parameters, under Hansard's names; or what is wrong. Of a
 * preset, parameters without a place in the contract are left out. Parameters that the user wrote override the preset and
 * are never left out.
 */
export function resolveParameters(
  role: Role,
  contract: string,
  entry: {
    readonly preset?: PresetName | undefined;
    readonly parameters?: Readonly<Record<string, ParameterValue>> | undefined;
  },
): ResolvedParameters {
  const places = contractFor(contract, role)?.places ?? {};
  const known = `Known here: ${Object.keys(places).join(', ') || 'none'}`;
  const wrong = (sentence: string): ResolvedParameters => ({
    field: 'parameters',
    wrong: sentence,
  });

  if (entry.preset !== undefined && role !== 'summarize' && role !== 'generate')
    return {
      field: 'preset',
      wrong: `is for roles that write text, and not for ${role}. Remove it`,
    };

  const written: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(entry.parameters ?? {})) {
    const schema = Object.entries(PARAMETERS[role]).find(([other]) => other === name)?.[1];
    if (schema === undefined) return wrong(`hold ${name}, which ${whyNot(role, name)}. ${known}`);
    if (!Object.hasOwn(places, name))
      return wrong(`hold ${name}, which the contract ${contract} does not support. ${known}`);
    const checked = schema.safeParse(value);
    if (!checked.success) return wrong(`hold ${name}, which must be ${schema.description}`);
    written[name] = checked.data;
  }

  const preset = Object.entries(entry.preset === undefined ? {} : PRESETS[entry.preset]).filter(
    ([name]) => Object.hasOwn(places, name),
  );
  const parameters = { ...Object.fromEntries(preset), ...written };
  const contradiction = contradictionIn(parameters);
  if (contradiction !== null)
    return wrong(
      `hold ${contradiction}${entry.preset === undefined ? '' : ' (with the preset)'}. Remove one of them`,
    );
  return { parameters };
}

function whyNot(role: Role, name: string): string {
  const elsewhere = Object.values(PARAMETERS).some((schemas) => Object.hasOwn(schemas, name));
  return elsewhere ? IGNORED[role] : 'is not known';
}

/** Why a parameter of another role has no effect on this one. */
const IGNORED: Readonly<Record<Role, string>> = {
  transcribe: 'transcription does not know',
  diarize: 'has no effect on telling voices apart',
  summarize: 'models that write text do not know',
  generate: 'models that write text do not know',
  illustrate: 'has no effect on a picture',
  moderate: 'has no effect on a classifier, which writes no text',
  classify: 'has no effect on a classifier, which writes no text',
  embed: 'has no effect on vectors: no text is written',
};

/** Two parameters that contradict each other, in words; null: none. */
function contradictionIn(parameters: Readonly<Record<string, ParameterValue>>): string | null {
  const { temperature, topP, doSample, beams } = parameters;
  const limit = Object.keys(parameters).find(
    (name) => SAMPLING_LIMITS.includes(name) && !(name === 'topP' && topP === 1),
  );
  if (doSample === false && typeof temperature === 'number' && temperature > 0)
    return 'doSample false, which turns sampling off, and a temperature above 0';
  if (doSample === false && limit !== undefined)
    return `doSample false, which turns sampling off, and ${limit}`;
  if (temperature === 0 && doSample === true)
    return 'doSample true and temperature 0, which turns sampling off';
  if (temperature === 0 && limit !== undefined)
    return `temperature 0, which turns sampling off, and ${limit}`;
  if (typeof beams === 'number' && beams > 1 && typeof temperature === 'number' && temperature > 0)
    return 'several beams, which search for the likeliest text, and a temperature above 0';
  return null;
}

/** These limit the tokens to sample from. */
const SAMPLING_LIMITS: readonly string[] = ['topK', 'topP', 'typicalP'];
