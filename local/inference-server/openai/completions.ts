import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { completePrompt, estimateTokens } from '../models/extractive.ts';
import { check, readJson, refuseField } from '../read-request.ts';
import { requireRoom, usageOf } from './context-window.ts';
import type { OpenAiDialect } from './dialect.ts';

/** Other fields pass, as they do with the real servers: clients send their own arguments along. */
const completionSchema = z.looseObject({
  model: z.string().min(1),
  prompt: z.string().min(1),
  max_tokens: z.int().min(1).nullish(),
  n: z.literal(1).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  stream: z.literal(false).nullish(),
});

/** OpenAI's own is 16, Text Generation Inference's 100. */
const DEFAULT_MAX_TOKENS = 100;

/** `POST …/completions`: plain text is continued. */
export async function completePlainText(
  request: FastifyRequest,
  { refuse, requireModel }: Pick<OpenAiDialect, 'refuse' | 'requireModel'>,
): Promise<object> {
  const body = check(completionSchema, readJson(request, refuse), refuseField(refuse));
  requireModel(body.model, 'text-generation');
  const maxTokens = body.max_tokens ?? DEFAULT_MAX_TOKENS;
  const promptTokens = estimateTokens(body.prompt);
  requireRoom('prompt', { promptTokens, maxTokens }, refuse);
  const stops = [body.stop ?? []].flat();
  const { content: text, ended } = await completePrompt(body.prompt, maxTokens, null, stops);
  request.bill(digestOf(body));
  return {
    id: `cmpl-${randomUUID()}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model: 'hansard/extractive-completion-v1',
    choices: [
      { index: 0, text, logprobs: null, finish_reason: ended === 'length' ? 'length' : 'stop' },
    ],
    usage: usageOf(promptTokens, estimateTokens(text)),
  };
}
