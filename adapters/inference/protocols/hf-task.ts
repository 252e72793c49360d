import { modelPath, type Target } from '../targets/target.ts';
import { HUGGING_FACE_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, Parsed, RoleContract, WireContract } from './contract.ts';
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
import { modelListQuestion } from './forms/probe-question.ts';
import { pipelineVectors } from './forms/vectors.ts';
import { below, GENERATION } from './forms/wire-parameters.ts';

const traits: ContractTraits = {
  router: {
    // The others chat to summarise; hf-inference has a route for it.
    provider: {
      name: 'hf-inference',
      modelNames: 'hub',
      tasks: { summarize: ['summarization'] },
    },
  },
  // As the pages of models show it.
  ownRoute: /\/hf-inference(?:\/models\/.*)?$/,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  // A pipeline's summary comes in one piece.
  streams: false,
  whyNotModel: (model) =>
    model.includes(':')
      ? 'has a suffix. Suffixes like :cheapest work only with hf-chat: remove it'
      : null,
  probeQuestion: modelListQuestion,
  neededToken: HUGGING_FACE_TOKEN,
  everyExceptionIs400: true,
};

/** The path names the model, and the model decides the task. */
const url = ({ baseUrl, model }: Target): string =>
  `${baseUrl}/hf-inference/models/${modelPath(model)}`;

const isEmpty = (parameters: object): boolean => Object.keys(parameters).length === 0;

/** Raw bytes leave no room for parameters: with parameters, the audio goes as base64 in JSON. */
const transcribe: RoleContract<'transcribe', Parsed<'transcribe'>> = {
  places: WHISPER_PLACES,
  buildRequest: (input, target) => {
    const parameters = transcriptionParameters(input, target);
    return isEmpty(parameters)
      ? rawRequest(url(target), input.audio, input.mediaType, target)
      : jsonRequest(url(target), input.audio, parameters);
  },
  parseResponse: readTranscription,
};

const moderate: RoleContract<'moderate', Parsed<'moderate'>> = {
  places: CLASSIFIER_PLACES,
  buildRequest: (input, target) => {
    const parameters = pipelineParameters(target, CLASSIFIER_PLACES);
    return isEmpty(parameters)
      ? rawRequest(url(target), input.image, input.mediaType, target)
      : jsonRequest(url(target), input.image, parameters);
  },
  parseResponse: (response, _input, target) => readLabels(response, target, { images: 1 }),
};

const illustrate: RoleContract<'illustrate'> = {
  places: PICTURE_PLACES,
  buildRequest: (input, target) => pictureRequest(url(target), input, target),
  parseResponse: (response, _input, target) => readPicture(response, target),
};

/** Hugging Face's own provider behind the router. */
export const hfTask = {
  traits,
  roles: {
    ...pipelineTasks(url, below('parameters.generate_parameters', GENERATION)),
    transcribe,
    illustrate,
    moderate,
    // The default task of sentence models is another one, which compares texts.
    embed: pipelineVectors((target) => `${url(target)}/pipeline/feature-extraction`, {
      normalize: 'normalize',
      truncate: 'truncate',
    }),
  },
} satisfies WireContract;
