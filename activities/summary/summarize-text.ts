import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import { InferenceError } from '../../adapters/inference/verdicts/inference-error.ts';
import { adoptedPointerKey } from '../../adapters/object-store/keys.ts';
import type { PaidOutcome, PaidActivityInput } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import type { Dependencies } from '../dependencies.ts';
import { DraftError, parseDraft } from './parse-draft.ts';
import { longestAnswer } from './longest-answer.ts';
import { SUMMARY_SCHEMA } from './prompts.ts';
import { keepAsLatest } from './latest-summary.ts';
import { homeOf } from '../job/read-job-input.ts';

/** Faithful rather than varied: the low end of what the field uses for summaries (0.3 to 0.7). */
const TEMPERATURE = 0.3;

/** What is asked, and the keys of the work and of the bare words. */
export interface SummaryWork {
  readonly messages: readonly ChatMessage[];
  readonly text: string;
  readonly workKey: string;
  readonly textKey: string;
}

/** One summarising call, for a section and for a reduction alike; an answer that is no draft is refused. */
export async function summarizeText(
  deps: Dependencies,
  call: PaidActivityInput & { readonly contextTokens: number },
  job: JobInput,
  { messages, text, workKey, textKey }: SummaryWork,
): Promise<PaidOutcome> {
  const answered = await callTarget(deps, call, {
    role: 'summarize',
    home: homeOf(job),
    workKey,
    input: async (_signal, { name, model, tokenizer, contextTokens: targetContextTokens }) => {
      const counter = await deps.tokens.counterFor(model, tokenizer);
      const { contextTokens } = call;
      const maxTokens = longestAnswer(messages, { contextTokens, targetContextTokens, counter });
      if (maxTokens === null)
        throw new InferenceError(
          `${name} takes ${targetContextTokens} tokens, and the prompt leaves none for the answer`,
          { kind: 'too_large', target: name, charge: 'unsent' },
        );
      return { messages, schema: SUMMARY_SCHEMA, maxTokens, temperature: TEMPERATURE, text };
    },
    accept: async (answer) => {
      try {
        parseDraft(answer.text);
      } catch (error) {
        if (!(error instanceof DraftError)) throw error;
        throw new InferenceError(`${call.target.name} answered no usable summary`, {
          kind: 'provider_bug',
          target: call.target.name,
          charge: 'billed',
          cause: error,
        });
      }
      return answer;
    },
  });
  await keepAsLatest(deps.store, homeOf(job), textKey, answered);
  // What an earlier run of the job made do with has served its time.
  await deps.store.delete(adoptedPointerKey(job.tenant, job.jobId, 'summarize', workKey));
  return { target: answered.result.target, reused: answered.reused };
}
