import pMap from 'p-map';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { labelsAnswerSchema } from '../../../workflows/contracts/stored-results.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { answerHeaders, headersOfMany } from './answer-headers.ts';
import { answerRequest } from './answer-request.ts';
import { mayBeKept } from './cache-control.ts';
import { modelOf, usageOf } from './answer-facts.ts';
import { findTargets } from './find-targets.ts';
import { requestKey } from './request-key.ts';
import { withParameters } from './with-parameters.ts';

const textSchema = z.string().min(1).max(100_000);

/** `POST /v1/embeddings`, and `POST /v1/classify`, which OpenAI does not have: texts in, numbers out. */
export function addTextRoutes(app: GatewayApp, { services }: GatewayContext): void {
  app.post('/embeddings', {
    config: { action: 'inference:use' },
    handlerTimeout: LONGEST_MS,
    schema: {
      operationId: 'createEmbeddings',
      summary: 'The vectors of texts, by the targets of the role embed',
      description:
        'Takes up to 2,048 texts of at most 100,000 characters each, and answers in their order. The same texts are answered from the cache for an hour.',
      tags: ['inference'],
      body: z.strictObject({
        model: z.string().min(1).max(200),
        input: z.union([textSchema, z.array(textSchema).min(1).max(2_048)]),
        encoding_format: z.enum(['float', 'base64']).nullish(),
        user: z.string().max(1_000).nullish(),
      }),
      response: { 200: embeddingsSchema },
    },
    handler: async ({ body, principal, headers }, reply) => {
      const { layer } = await services.inference();
      const targets = findTargets(layer.inference, body.model, ['embed']);
      const texts = [body.input].flat();
      const answered = await answerRequest(services, {
        asker: principal,
        targets: withParameters(targets, 'embed', []),
        mayBeKept: mayBeKept(headers),
        question: {
          role: 'embed',
          workKey: requestKey({ role: 'embed', input: sha256(JSON.stringify(texts)) }),
          input: { texts },
          accept: async (answer) => answer,
        },
      });
      const { vectors } = vectorsSchema.parse(answered.result.answer);
      const { prompt_tokens } = usageOf(answered.result);
      return await reply.headers(answerHeaders(answered)).send({
        object: 'list',
        model: modelOf(answered.result),
        data: vectors.map((vector, index) => ({
          object: 'embedding' as const,
          index,
          embedding: body.encoding_format === 'base64' ? toBase64(vector) : vector,
        })),
        usage: { prompt_tokens, total_tokens: prompt_tokens },
      });
    },
  });

  app.post('/classify', {
    config: { action: 'inference:use' },
    handlerTimeout: LONGEST_MS,
    schema: {
      operationId: 'classifyTexts',
      summary: 'The labels of texts, by the targets of the role classify',
      description:
        'Takes up to 64 texts, and answers the labels of each with their scores. OpenAI has no such route.',
      tags: ['inference'],
      body: z.strictObject({
        model: z.string().min(1).max(200),
        input: z.union([textSchema, z.array(textSchema).min(1).max(64)]),
      }),
      response: { 200: classifiedSchema },
    },
    handler: async ({ body, principal, headers }, reply) => {
      const { layer } = await services.inference();
      const found = findTargets(layer.inference, body.model, ['classify']);
      const targets = withParameters(found, 'classify', []);
      const answers = await pMap(
        [body.input].flat(),
        async (text) =>
          await answerRequest(services, {
            asker: principal,
            targets,
            mayBeKept: mayBeKept(headers),
            question: {
              role: 'classify',
              workKey: requestKey({ role: 'classify', input: sha256(text) }),
              input: { text },
              accept: async (answer) => answer,
            },
          }),
        { concurrency: 8 },
      );
      return await reply.headers(headersOfMany(answers)).send({
        object: 'list',
        model: body.model,
        data: answers.map(({ result }, index) => ({
          index,
          labels: labelsAnswerSchema.parse(result.answer).labels,
        })),
      });
    },
  });
}

const LONGEST_MS = 300_000;

const vectorsSchema = z.object({ vectors: z.array(z.array(z.number())) });

/** As the official clients ask for vectors: 32-bit numbers, little-endian. */
const toBase64 = (vector: readonly number[]): string =>
  Buffer.from(new Float32Array(vector).buffer).toString('base64');

const embeddingsSchema = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

const classifiedSchema = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      index: z.int(),
      labels: z.array(z.object({ label: z.string(), score: z.number() })),
    }),
  ),
});
