import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { estimateTokens } from '../models/extractive.ts';
import { DIMENSIONS, embed } from '../models/hashing-embedding.ts';
import { check, readJson, refuseField } from '../read-request.ts';
import type { OpenAiDialect } from './dialect.ts';

const textSchema = z.string().min(1);
const embeddingsSchema = z.strictObject({
  model: z.string().min(1),
  // OpenAI takes 2048 texts at a time.
  input: z.union([textSchema, z.array(textSchema).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
  dimensions: z.literal(DIMENSIONS).optional(),
  user: z.string().optional(),
});

/** `POST …/embeddings` */
export function answerEmbeddings(
  request: FastifyRequest,
  { refuse, requireModel }: OpenAiDialect,
): object {
  const body = check(embeddingsSchema, readJson(request, refuse), refuseField(refuse));
  requireModel(body.model, 'feature-extraction');
  const texts = [body.input].flat();
  const encode = (vector: readonly number[]) =>
    body.encoding_format === 'base64'
      ? Buffer.from(Float32Array.from(vector).buffer).toString('base64')
      : vector;
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  request.bill(digestOf(body));
  const vectors = texts.map((text) => encode(embed(text)));
  return {
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: 'hansard/hashing-v1',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
