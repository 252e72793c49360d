import type { ParameterValue, Target } from '../target.ts';
import { mergeMembers } from './merge-members.ts';
import type { WirePlace } from './wire-places.ts';
import { wirePlaces } from './wire-places.ts';

/**
 * The configured parameters of a target under the names, and at the places, that its contract gives them, joined with
 * what the activity asks: what is configured wins, but of two `maxTokens` the smaller. For the body: `mergeMembers`,
 * or a spread where the contract has no nested places.
 */
export function wireParameters(
  target: Pick<Target, 'contract' | 'role' | 'parameters'>,
  asked: { readonly maxTokens?: number; readonly temperature?: number } = {},
): Record<string, unknown> {
  const places = wirePlaces(target.contract, target.role);
  const said = Object.hasOwn(places, 'doSample')
    ? withSampling(joined(asked, target.parameters))
    : joined(asked, target.parameters);
  let body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(said)) {
    const place = places[name];
    if (place === undefined)
      throw new TypeError(`${target.contract} cannot say ${name} to ${target.role}`);
    if (typeof place === 'string' && !place.includes('.')) body[place] = value;
    else if (place !== null) body = mergeMembers(body, nested(place, value));
  }
  return body;
}

type Parameters = Readonly<Record<string, ParameterValue>>;

function joined(
  { maxTokens, temperature }: { readonly maxTokens?: number; readonly temperature?: number },
  configured: Parameters,
): Parameters {
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
 * Where drawing is a switch of its own, a temperature alone does not turn it on, and 0 is refused (TGI's validation;
 * transformers' TemperatureLogitsWarper). Neither takes a `topP` of 1, which says nothing.
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
  const said = typeof place === 'string' ? value : place.says[String(value)];
  const path = (typeof place === 'string' ? place : place.at).split('.');
  return path.reduceRight<Record<string, unknown>>(
    (inner, name, depth) => ({ [name]: depth === path.length - 1 ? said : inner }),
    {},
  );
}
