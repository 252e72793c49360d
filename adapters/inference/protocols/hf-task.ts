import type { Contract, DetouredContract, RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import { readLabels } from './forms/pipeline-labels.ts';
import { pictureRequest, readPicture } from './forms/pipeline-picture.ts';
import { jsonRequest, pipelineParameters, rawRequest } from './forms/pipeline-request.ts';
import { pipelineTasks } from './forms/pipeline-task.ts';
import { readTranscription, transcriptionParameters } from './forms/pipeline-transcription.ts';
import { readVectors, vectorsRequest } from './forms/pipeline-vectors.ts';
import { modelPath } from './forms/provider-url.ts';

/** Hugging Face's own provider behind the router: one route a model, the task follows from the model. */
const url = ({ baseUrl, model }: Target): string =>
  `${baseUrl}/hf-inference/models/${modelPath(model)}`;

const isEmpty = (parameters: object): boolean => Object.keys(parameters).length === 0;

/** Bytes as they are cannot have parameters: where there are any, base64 in JSON has to do. */
const transcribe: Contract<'transcribe'> = {
  buildRequest: (input, target) => {
    const parameters = transcriptionParameters(input, target);
    return isEmpty(parameters)
      ? rawRequest(url(target), input.audio, input.mediaType, target)
      : jsonRequest(url(target), input.audio, parameters);
  },
  parseResponse: readTranscription,
};

const moderate: Contract<'moderate'> = {
  buildRequest: (input, target) => {
    const parameters = pipelineParameters(target);
    return isEmpty(parameters)
      ? rawRequest(url(target), input.image, input.mediaType, target)
      : jsonRequest(url(target), input.image, parameters);
  },
  parseResponse: (response, _input, target) => readLabels(response, target, { images: 1 }),
};

const illustrate: DetouredContract<'illustrate'> = {
  buildRequest: (input, target) => pictureRequest(url(target), input, target),
  parseResponse: (response, _input, target) => readPicture(response, target),
};

const embed: Contract<'embed'> = {
  // Models of sentences have another task by default, which compares them.
  buildRequest: (input, target) =>
    vectorsRequest(`${url(target)}/pipeline/feature-extraction`, input, target),
  parseResponse: readVectors,
};

export const hfTask = {
  ...pipelineTasks(url),
  transcribe,
  illustrate,
  moderate,
  embed,
} satisfies RoleContracts;
