import { z } from 'zod';
import type { StoredResult } from '../../../../workflows/contracts/stored-results.ts';
import { createdOf, modelOf, usageOf, usageSchema } from '../answer-facts.ts';
import type { Answered } from '../answer-request.ts';

export const chatAnswerSchema = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.string(),
        refusal: z.null(),
      }),
      finish_reason: z.enum(['stop', 'length']),
      logprobs: z.null(),
    }),
  ),
  usage: usageSchema,
});

const answerSchema = z.object({ text: z.string(), isCutOff: z.literal(true).optional() });

export const textOfAnswer = ({ answer }: StoredResult) => answerSchema.parse(answer);

export function toCompletion({ result }: Answered): z.infer<typeof chatAnswerSchema> {
  const { text, isCutOff } = textOfAnswer(result);
  return {
    id: idOf(result),
    object: 'chat.completion',
    created: createdOf(result),
    model: modelOf(result),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        finish_reason: isCutOff ? 'length' : 'stop',
        logprobs: null,
      },
    ],
    usage: usageOf(result),
  };
}

/** One of an answer, whichever call asked for it. */
const idOf = ({ ledgerEntryId }: StoredResult): string =>
  `chatcmpl-${ledgerEntryId.replace(/^.*\//, '')}`;
