import type { ParameterValue, Target } from '../../targets/target.ts';
import { mergeMembers } from './wire-json.ts';

/**
 * A path into the request's body, with dots between its members. `values` translates values where they differ. Null: the
 * contract uses the parameter, but not as a member of the body.
 */
type WirePlace =
  | string
  | { readonly at: string; readonly values: Readonly<Record<string, string | boolean>> }
  | null;

/** The parameters of a role that a contract can send, under Hansard's names. */
export type WirePlaces = Readonly<Record<string, WirePlace>>;

/** The same places as members of the object at `path`. */
export const below = (path: string, places: Readonly<Record<string, string>>): WirePlaces =>
  Object.fromEntries(Object.entries(places).map(([name, place]) => [name, `${path}.${place}`]));

/** Names of `generate` in transformers, which TGI uses too. */
export const GENERATION = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  typicalP: 'typical_p',
  repetitionPenalty: 'repetition_penalty',
  doSample: 'do_sample',
  maxTokens: 'max_new_tokens',
} as const;

/** Names of diffusers. */
export const DIFFUSION = {
  steps: 'num_inference_steps',
  guidanceScale: 'guidance_scale',
  scheduler: 'scheduler',
} as const;

/**
 * A target's parameters at the places of its contract, joined with what the activity requests. The configuration wins,
 * except that the smaller of two `maxTokens` is used. Add the result to the body with `mergeMembers`, or with a spread
 * if the contract has no nested places.
 */
export function wireParameters(
  target: Pick<Target, 'contract' | 'role' | 'parameters'>,
  places: WirePlaces,
  requested: RequestedParameters = {},
): Record<string, unknown> {
  const joined = join(requested, target.parameters);
  const parameters = Object.hasOwn(places, 'doSample') ? withSampling(joined) : joined;
  let body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const place = places[name];
    if (place === undefined)
      throw new TypeError(`${target.contract} has no place for ${name} of ${target.role}`);
    if (typeof place === 'string' && !place.includes('.')) body[place] = value;
    else if (place !== null) body = mergeMembers(body, nested(place, value));
  }
  return body;
}

interface RequestedParameters {
  readonly maxTokens?: number;
  readonly temperature?: number;
}

type Parameters = Readonly<Record<string, ParameterValue>>;

function join({ maxTokens, temperature }: RequestedParameters, configured: Parameters): Parameters {
  const most = configured['maxTokens'];
  return {
    ...(temperature === undefined || configured['doSample'] === false ? {} : { temperature }),
    ...configured,
    ...(maxTokens === undefined
      ? {}
      : { maxTokens: typeof most === 'number' ? Math.min(most, maxTokens) : maxTokens }),
  };
}

/**
 * For servers where sampling has a switch of its own: there a temperature alone does not turn sampling on, and a
 * temperature of 0 is refused (TGI's validation; transformers' TemperatureLogitsWarper). Neither accepts a `topP` of 1,
 * which means no limit.
 */
function withSampling(parameters: Parameters): Parameters {
  const { temperature, topP, topK, typicalP, ...rest } = parameters;
  if (temperature === 0) return { ...rest, doSample: false };
  return {
    ...(temperature === undefined ? {} : { temperature, doSample: true }),
    ...(topP === undefined || topP === 1 ? {} : { topP, doSample: true }),
    ...(topK === undefined ? {} : { topK, doSample: true }),
    ...(typicalP === undefined || typicalP === 1 ? {} : { typicalP, doSample: true }),
    ...rest,
  };
}

function nested(place: NonNullable<WirePlace>, value: ParameterValue): Record<string, unknown> {
  const wireValue = typeof place === 'string' ? value : place.values[String(value)];
  const path = (typeof place === 'string' ? place : place.at).split('.');
  return path.reduceRight<Record<string, unknown>>(
    (inner, name, depth) => ({ [name]: depth === path.length - 1 ? wireValue : inner }),
    {},
  );
}
