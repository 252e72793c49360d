import { errorFor, InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { lookUpByWork } from '../../adapters/paid-call/look-up-result.ts';
import type { PaidOutcome } from '../../workflows/contracts/paid-activity.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { ReduceSummaries, SummarizeSection } from '../../workflows/contracts/summarizing.ts';
import type { Dependencies } from '../dependencies.ts';
import { countsFor, homeOf, readJobInput, type Job } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { summaryAsked } from '../paid/work-keys.ts';
import { rememberedBefore } from '../with-heartbeat.ts';
import { keepAsLatest } from './adopt-earlier-summary.ts';
import { FAULT_IN_WORDS, type AnswerFault } from './answer-fault.ts';
import { DraftError, parseDraft } from './parse-draft.ts';
import { readReductionWork, readSectionWork } from './partial-summaries.ts';
import { repairMessages } from './prompts.ts';
import type { SummaryWork } from './summary-work.ts';
import { longestAnswer } from './token-budget.ts';
import { weaknessOf } from './weakness-of.ts';

/** Faithful rather than varied: the low end of the values that are usual for summaries (0.3 to 0.7). */
const TEMPERATURE = 0.3;

/** Remembered once the repair was asked for, however it was answered. */
const ASKED = 'asked';

const isFault = (word: string): word is AnswerFault => Object.hasOwn(FAULT_IN_WORDS, word);

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

/**
 * Makes one summarising call and rejects an answer that is not a summary, or a useless one. The try after that asks for
 * the repair: the same question with the fault named, a call of its own. Then the question is asked as at first, and a
 * useless summary is taken.
 */
async function summarize(
  deps: Dependencies,
  call: SummarizeSection | ReduceSummaries,
  job: Job,
  work: SummaryWork,
): Promise<PaidOutcome> {
  const { text, textKey, outline, schema } = work;
  const home = homeOf(job);
  const isOfAny = (job.onlyTarget ?? null) === null;
  // Where only one target counts, its answer to the question may stand behind another one's: it is found by its call.
  const repaired = await lookUpByWork(deps, { home, role: 'summarize', workKey: work.repairKey });
  if (repaired !== null && countsFor(job, repaired)) {
    return { target: repaired.target, reused: true, callKey: repaired.callKey };
  }
  const { fault } = rememberedBefore();
  const repairs = fault !== undefined && isFault(fault);
  const messages = repairs ? repairMessages(work.messages, fault) : work.messages;
  const keys = [work.workKey, work.repairKey];
  const answered = await callTarget(deps, call, {
    role: 'summarize',
    home,
    workKey: repairs ? work.repairKey : work.workKey,
    lookBy: isOfAny ? 'work' : 'call',
    asked: { ...summaryAsked(outline), ...(repairs && { repairs: work.workKey }) },
    alsoTried: keys.filter((key) => (key === work.repairKey) !== repairs),
    noteOf: (error) => {
      const found = error instanceof InferenceError ? error.cause : null;
      if (!(found instanceof DraftError)) return {};
      return { fault: fault === undefined ? found.fault : ASKED };
    },
    input: async (_signal, target) => {
      const { model, tokenizer, contextTokens: targetContextTokens } = target;
      const counter = await deps.tokens.counterFor(model, tokenizer);
      const { contextTokens } = call;
      const maxTokens = longestAnswer(
        { messages, schema },
        { contextTokens, targetContextTokens, counter },
      );
      if (maxTokens === null)
        throw errorFor(target, null, {
          kind: 'too_large',
          says: `takes ${targetContextTokens} tokens, and the prompt leaves none for the answer`,
          charge: 'unsent',
        });
      return { messages, schema, maxTokens, temperature: TEMPERATURE, text };
    },
    accept: async (answer) => {
      try {
        const draft = parseDraft(answer.text, outline);
        const weakness = fault === undefined ? await weaknessOf(draft, work) : null;
        if (weakness !== null) throw new DraftError(weakness, 'The summary is of no use.');
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
  await keepAsLatest(deps.store, home, textKey, answered);
  const { target, callKey } = answered.result;
  return { target, reused: answered.reused, callKey };
}
