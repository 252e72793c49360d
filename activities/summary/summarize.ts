import { errorFor } from '../../adapters/inference/verdicts/inference-error.ts';
import type {
  PaidOutcome,
  Activities,
  ReduceSummaries,
  SummarizeSection,
} from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { keepAsLatest } from './adopt-earlier-summary.ts';
import { DraftError, parseDraft } from './parse-draft.ts';
import { readReductionWork, readSectionWork } from './partial-summaries.ts';
import { SUMMARY_SCHEMA } from './prompts.ts';
import type { SummaryWork } from './summary-work.ts';
import { longestAnswer } from './token-budget.ts';

/** Faithful rather than varied: the low end of the values that are usual for summaries (0.3 to 0.7). */
const TEMPERATURE = 0.3;

export const summarizeSection =
  (deps: Dependencies): Activities['summarizeSection'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    return await summarize(deps, call, job, await readSectionWork(deps.store, job, call));
  };

/** Joins the partial summaries of one group. A group of one is passed on without a call. */
export const reduceSummaries =
  (deps: Dependencies): Activities['reduceSummaries'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const work = await readReductionWork(deps.store, job, call);
    if (typeof work === 'string') {
      return { target: call.target.name, reused: true, callKey: work };
    }
    return await summarize(deps, call, job, work);
  };

/** Makes one summarising call and rejects an answer that is not a summary. */
async function summarize(
  deps: Dependencies,
  call: SummarizeSection | ReduceSummaries,
  job: JobInput,
  { messages, text, workKey, textKey }: SummaryWork,
): Promise<PaidOutcome> {
  const answered = await callTarget(deps, call, {
    role: 'summarize',
    home: homeOf(job),
    workKey,
    input: async (_signal, target) => {
      const { model, tokenizer, contextTokens: targetContextTokens } = target;
      const counter = await deps.tokens.counterFor(model, tokenizer);
      const { contextTokens } = call;
      const maxTokens = longestAnswer(messages, { contextTokens, targetContextTokens, counter });
      if (maxTokens === null)
        throw errorFor(target, null, {
          kind: 'too_large',
          says: `takes ${targetContextTokens} tokens, and the prompt leaves none for the answer`,
          charge: 'unsent',
        });
      return { messages, schema: SUMMARY_SCHEMA, maxTokens, temperature: TEMPERATURE, text };
    },
    accept: async (answer) => {
      try {
        parseDraft(answer.text);
      } catch (error) {
        if (!(error instanceof DraftError)) throw error;
        throw errorFor(call.target, null, {
          kind: 'provider_bug',
          says: 'answered no usable summary',
          charge: 'billed',
          cause: error,
        });
      }
      return answer;
    },
  });
  await keepAsLatest(deps.store, homeOf(job), textKey, answered);
  const { target, callKey } = answered.result;
  return { target, reused: answered.reused, callKey };
}
