import { z } from 'zod';
import { digestOf, sha256 } from '../../../../adapters/identity/digest.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import type { Question } from '../call-target.ts';
import { requestKey } from '../request-key.ts';
import { withParameters } from '../with-parameters.ts';

const contentSchema = z.union([
  z.string().max(1_000_000),
  z
    .array(z.strictObject({ type: z.literal('text'), text: z.string().max(1_000_000) }))
    .min(1)
    .max(1_000)
    .transform((parts) => parts.map(({ text }) => text).join('\n')),
]);

const messageSchema = z
  .strictObject({
    role: z.enum(['system', 'developer', 'user', 'assistant']),
    content: contentSchema,
    name: z.string().max(200).optional(),
  })
  .transform(({ role, content }) => ({
    role: role === 'developer' ? ('system' as const) : role,
    content,
  }));

/** What is computed of a schema goes down into it, and must come back. */
const DEEPEST_SCHEMA = 100;

const isShallow = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1)));

/** The part of OpenAI's chat completion that the targets can answer. What is not in it is refused, not ignored. */
export const chatRequestSchema = z.strictObject({
  model: z.string().min(1).max(200).describe('A role, such as summarize, or the name of a target.'),
  messages: z.array(messageSchema).min(1).max(1_000),
  max_tokens: z.int().min(1).max(1_000_000).nullish(),
  max_completion_tokens: z.int().min(1).max(1_000_000).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([z.string().min(1).max(200), z.array(z.string().min(1).max(200)).min(1).max(4)])
    .nullish(),
  n: z.literal(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          description: z.string().max(10_000).optional(),
          strict: z.boolean().nullish(),
          schema: z
            .record(z.string(), z.unknown())
            .refine((value) => isShallow(value, DEEPEST_SCHEMA), 'is nested too deeply'),
        }),
      }),
    ])
    .nullish(),
  user: z.string().max(1_000).nullish().describe('Not used: the key says who asks.'),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Without `onText`. */
export function chatQuestion(
  request: ChatRequest,
  [first]: readonly [Target, ...Target[]],
): Pick<Question<'generate'>, 'role' | 'workKey' | 'input'> {
  const { messages, response_format: format } = request;
  const schema =
    format?.type === 'json_schema'
      ? { name: format.json_schema.name, json: format.json_schema.schema }
      : null;
  return {
    role: 'generate',
    workKey: requestKey({
      role: first.role,
      input: sha256(JSON.stringify(messages)),
      schemaDigest: schema === null ? null : digestOf(schema.json),
    }),
    input: {
      messages,
      maxTokens:
        request.max_completion_tokens ??
        request.max_tokens ??
        Math.min(MOST_TOKENS, Math.floor((first.contextTokens ?? Infinity) / 2)),
      temperature: request.temperature ?? 1,
      schema,
    },
  };
}

/** An answer's limit where the request has none: half of the context, and no more than this. */
const MOST_TOKENS = 4_096;

/** The targets that chat, with the parameters of the request. Throws `OpenAiError` if there is none. */
export const chatTargets = (
  request: ChatRequest,
  targets: readonly Target[],
): readonly [Target, ...Target[]] =>
  withParameters(targets, 'generate', [
    { name: 'topP', member: 'top_p', value: request.top_p ?? null },
    {
      name: 'frequencyPenalty',
      member: 'frequency_penalty',
      value: request.frequency_penalty ?? null,
    },
    {
      name: 'presencePenalty',
      member: 'presence_penalty',
      value: request.presence_penalty ?? null,
    },
    { name: 'seed', member: 'seed', value: request.seed ?? null },
    {
      name: 'stop',
      member: 'stop',
      value: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? null),
    },
  ]);
