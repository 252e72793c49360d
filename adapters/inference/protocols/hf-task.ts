import { modelPath, type Target } from '../targets/target.ts';
import { HUGGING_FACE_TOKEN } from '../verdicts/verdict.ts';
import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { pipelineRequest, rawRequest } from './forms/pipeline-request.ts';
import { pipelineTasks } from './forms/pipeline-tasks.ts';
import { pipelineVectors } from './forms/vectors.ts';
import { below, GENERATION } from './forms/wire-parameters.ts';

const traits: ContractTraits = {
  ...COMMON_TRAITS,
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
  // A pipeline's summary comes in one piece.
  streams: false,
  whyNotModel: (model) =>
    model.includes(':')
      ? 'has a suffix. Suffixes like :cheapest work only with hf-chat: remove it'
      : null,
  neededToken: HUGGING_FACE_TOKEN,
  everyExceptionIs400: true,
};

/** The path names the model, and the model decides the task. */
const url = ({ baseUrl, model }: Target): string =>
  `${baseUrl}/hf-inference/models/${modelPath(model)}`;

/** Hugging Face's own provider behind the router. */
export const hfTask = {
  traits,
  roles: {
    ...pipelineTasks({
      url,
      summaryPlaces: below('parameters.generate_parameters', GENERATION),
      // Raw bytes leave no room for parameters: with parameters, the file goes as base64 in JSON.
      fileRequest: (address, file, parameters) =>
        Object.keys(parameters).length === 0
          ? rawRequest(address, file, parameters)
          : pipelineRequest(address, file.bytes, parameters),
    }),
    // The default task of sentence models is another one, which compares texts.
    embed: pipelineVectors((target) => `${url(target)}/pipeline/feature-extraction`, {
      normalize: 'normalize',
      truncate: 'truncate',
    }),
  },
} satisfies WireContract;
