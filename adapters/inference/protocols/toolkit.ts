import type { Target } from '../targets/target.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, Inputs, Parsed, RoleContract, WireContract } from './contract.ts';
import { jsonRequest, pipelineParameters, rawRequest } from './forms/pipeline-request.ts';
import {
  CLASSIFIER_PLACES,
  PICTURE_PLACES,
  pictureRequest,
  pipelineTasks,
  readLabels,
  readPicture,
  readTranscription,
  transcriptionParameters,
  WHISPER_PLACES,
} from './forms/pipeline-tasks.ts';
import { healthQuestion } from './forms/probe-question.ts';
import { pipelineVectors } from './forms/vectors.ts';
import { below, GENERATION } from './forms/wire-parameters.ts';

const traits: ContractTraits = {
  router: null,
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  // A pipeline's summary comes in one piece.
  streams: false,
  whyNotModel: () => null,
  probeQuestion: healthQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: true,
};

/** One route and one model per server. */
const url = ({ baseUrl }: Target): string => baseUrl;

/**
 * Beside raw bytes the toolkit reads parameters from the query string: whole numbers, true and false, or text. Null: some
 * parameters are of another type.
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

/** Without a language, its pipeline may take any speech for English. */
const transcribe: RoleContract<'transcribe', Parsed<'transcribe'>> = {
  places: WHISPER_PLACES,
  buildRequest: (input, target) => {
    const parameters = transcriptionParameters(input, target);
    const address = withQuery(url(target), parameters);
    return address === null
      ? jsonRequest(url(target), input.audio, parameters)
      : rawRequest(address, input.audio, input.mediaType, target, parameters);
  },
  parseResponse: readTranscription,
};

const moderate: RoleContract<'moderate', Parsed<'moderate'>> = {
  places: CLASSIFIER_PLACES,
  // Never JSON: some releases take base64 for the name of a picture's file.
  buildRequest: (input, target) => {
    const parameters = pipelineParameters(target, CLASSIFIER_PLACES);
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

const illustrate: RoleContract<'illustrate'> = {
  places: PICTURE_PLACES,
  buildRequest: (input, target) => pictureRequest(url(target), toSquare(input), target),
  parseResponse: (response, _input, target) => readPicture(response, target),
};

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
    // A pipeline passes unknown parameters on to `generate`; it has no `generate_parameters`.
    ...pipelineTasks(url, below('parameters', GENERATION)),
    transcribe,
    illustrate,
    moderate,
    embed: pipelineVectors(url, {}),
  },
} satisfies WireContract;
