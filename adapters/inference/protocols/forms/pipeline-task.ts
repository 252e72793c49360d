import type { Contract } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import { readLabels } from './pipeline-labels.ts';
import { jsonRequest, pipelineParameters } from './pipeline-request.ts';
import { readSummary, summaryRequest } from './pipeline-summary.ts';

/** The tasks that a pipeline takes and answers alike wherever it runs; only the URL differs. */
export const pipelineTasks = (
  urlOf: (target: Target) => string,
): {
  readonly classify: Contract<'classify'>;
  readonly summarize: Contract<'summarize'>;
} => ({
  classify: {
    // Without `top_k` pipelines answer the best label only; no classifier that is served has a hundred.
    buildRequest: ({ text }, target) =>
      jsonRequest(urlOf(target), text, pipelineParameters(target, { top_k: 100 })),
    parseResponse: (response, _input, target) => readLabels(response, target, {}),
  },
  summarize: {
    buildRequest: (input, target) => summaryRequest(urlOf(target), input, target),
    parseResponse: (response, _input, target) => readSummary(response, target),
  },
});
