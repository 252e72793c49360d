import type { Contract, DetouredContract, Inputs, RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import { readLabels } from './forms/pipeline-labels.ts';
import { pictureRequest, readPicture } from './forms/pipeline-picture.ts';
import { jsonRequest, pipelineParameters, rawRequest } from './forms/pipeline-request.ts';
import { pipelineTasks } from './forms/pipeline-task.ts';
import { readTranscription, transcriptionParameters } from './forms/pipeline-transcription.ts';
import { readVectors, vectorsRequest } from './forms/pipeline-vectors.ts';

/** A dedicated endpoint with Hugging Face's inference toolkit, or a handler of one's own: one route, one model. */
const url = ({ baseUrl }: Target): string => baseUrl;

/**
 * Beside raw bytes the toolkit reads parameters from the query string, as whole numbers, true and false, or text. Null:
 * there are others among them.
 */
function withQuery(address: string, parameters: Readonly<Record<string, unknown>>): string | null {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'boolean' && typeof value !== 'string' && !Number.isInteger(value))
      return null;
    query.set(name, String(value));
  }
  return query.size === 0 ? address : `${address}?${query.toString()}`;
}

/** Its pipeline may take a recording whose language nobody says for English. */
const transcribe: Contract<'transcribe'> = {
  buildRequest: (input, target) => {
    const parameters = transcriptionParameters(input, target);
    const address = withQuery(url(target), parameters);
    return address === null
      ? jsonRequest(url(target), input.audio, parameters)
      : rawRequest(address, input.audio, input.mediaType, target, parameters);
  },
  parseResponse: readTranscription,
};

const moderate: Contract<'moderate'> = {
  // Never JSON: there are releases that take base64 for the name of a picture's file.
  buildRequest: (input, target) => {
    const parameters = pipelineParameters(target);
    return rawRequest(
      withQuery(url(target), parameters) ?? url(target),
      input.image,
      input.mediaType,
      target,
      parameters,
    );
  },
  parseResponse: (response, _input, target) => readLabels(response, target, { images: 1 }),
};

const illustrate: DetouredContract<'illustrate'> = {
  buildRequest: (input, target) => pictureRequest(url(target), squared(input), target),
  parseResponse: (response, _input, target) => readPicture(response, target),
};

/**
 * As many pixels, with sides alike: there are releases that refuse any others, though they mean to refuse one side
 * without the other (diffusers_utils.py). Both stay multiples of 64, as diffusion models want them.
 */
function squared(input: Inputs['illustrate']): Inputs['illustrate'] {
  const side = Math.max(Math.round(Math.sqrt(input.width * input.height) / 64), 1) * 64;
  return { ...input, width: side, height: side };
}

const embed: Contract<'embed'> = {
  buildRequest: (input, target) => vectorsRequest(url(target), input, target),
  parseResponse: readVectors,
};

export const toolkit = {
  ...pipelineTasks(url),
  transcribe,
  illustrate,
  moderate,
  embed,
} satisfies RoleContracts;
