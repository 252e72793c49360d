import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import type { Refuse } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { check, readJson, refuseField } from '../http/read-json.ts';
import { estimateTokens } from '../models/extractive.ts';
import { DIMENSIONS, embed } from '../models/hashing-embedding.ts';

const textSchema = z.string().min(1);
const requestSchema = z.strictObject({
  model: z.string().min(1),
  // OpenAI takes 2048 texts at a time.
  input: z.union([textSchema, z.array(textSchema).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
  dimensions: z.literal(DIMENSIONS).optional(),
  user: z.string().optional(),
});

/** `/embeddings` as OpenAI, deepinfra and together serve it. */
export function answerEmbeddings(
  request: RouteRequest,
  dialect: {
    readonly refuse: Refuse;
    /** Throws where the model is not served. */
    readonly checkModel: (model: string) => void;
    readonly headers: Readonly<Record<string, string>>;
  },
): ModelAnswer {
  const { refuse, checkModel, headers } = dialect;
  const wanted = check(requestSchema, readJson(request, refuse), refuseField(refuse));
  checkModel(wanted.model);
  const texts = [wanted.input].flat();
  const encode = (vector: readonly number[]) =>
    wanted.encoding_format === 'base64'
      ? Buffer.from(Float32Array.from(vector).buffer).toString('base64')
      : vector;
  const tokens = texts.map(estimateTokens).reduce((sum, count) => sum + count, 0);
  return {
    inputDigest: digestOf(wanted),
    reply: jsonReply(
      {
        object: 'list',
        data: texts.map((text, index) => ({
          object: 'embedding',
          index,
          embedding: encode(embed(text)),
        })),
        model: 'hansard/hashing-v1',
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      },
      headers,
    ),
  };
}
