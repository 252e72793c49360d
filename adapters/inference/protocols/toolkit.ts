import type { Target } from '../targets/target.ts';
import type { WireRequest } from '../wire/wire-message.ts';
import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, Inputs, WireContract } from './contract.ts';
import { pipelineRequest, rawRequest, type PipelineFile } from './forms/pipeline-request.ts';
import { pipelineTasks } from './forms/pipeline-tasks.ts';
import { healthQuestion } from './forms/probe-question.ts';
import { pipelineVectors } from './forms/vectors.ts';
import { below, GENERATION } from './forms/wire-parameters.ts';

const traits: ContractTraits = {
  ...COMMON_TRAITS,
  router: null,
  // A pipeline's summary comes in one piece.
  streams: false,
  probeQuestion: healthQuestion,
  everyExceptionIs400: true,
};

/** One route and one model per server. */
const url = ({ baseUrl }: Target): string => baseUrl;

/**
 * Beside raw bytes the toolkit reads parameters from the query string: whole numbers, true and false, or text. With any
 * other parameter the file goes as JSON. A picture's parameters all fit the query, and must: some releases take base64
 * for the name of a picture's file.
 */
function fileRequest(
  address: string,
  file: PipelineFile,
  parameters: Readonly<Record<string, unknown>>,
): WireRequest {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'boolean' && typeof value !== 'string' && !Number.isInteger(value))
      return pipelineRequest(address, file.bytes, parameters);
    query.set(name, String(value));
  }
  return rawRequest(
    query.size === 0 ? address : `${address}?${query.toString()}`,
    file,
    parameters,
  );
}

// A pipeline passes unknown parameters on to `generate`; it has no `generate_parameters`.
const tasks = pipelineTasks({ url, summaryPlaces: below('parameters', GENERATION), fileRequest });

/**
 * The same number of pixels with equal sides. Some releases refuse all others, because of an error in a check that both
 * sides are given (diffusers_utils.py). The sides stay multiples of 64, which diffusion models need.
 */
function toSquare(input: Inputs['illustrate']): Inputs['illustrate'] {
  const side = Math.max(Math.round(Math.sqrt(input.width * input.height) / 64), 1) * 64;
  return { ...input, width: side, height: side };
}

/** A dedicated endpoint that runs Hugging Face's inference toolkit, or a custom handler. */
export const toolkit = {
  traits,
  roles: {
    ...tasks,
    illustrate: {
      ...tasks.illustrate,
      buildRequest: (input, target) => tasks.illustrate.buildRequest(toSquare(input), target),
    },
    embed: pipelineVectors(url, {}),
  },
} satisfies WireContract;
