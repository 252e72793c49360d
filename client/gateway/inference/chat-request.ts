import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import { workKey } from '../../../adapters/identity/work-key.ts';
import { contractFor } from '../../../adapters/inference/protocols/contract-table.ts';
import type { ParameterValue, Target } from '../../../adapters/inference/targets/target.ts';
import { OpenAiError } from './open-ai-error.ts';
import type { Question } from './call-target.ts';

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
          schema: z.record(z.string(), z.json()),
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
    workKey: workKey({
      role: first.role,
      input: sha256(JSON.stringify(messages)),
      language: null,
      templateVersion: null,
      promptVersion: null,
      schemaDigest: schema === null ? null : digestOf(schema.json),
      // Jobs ask the same models: their answers are theirs.
      variant: { asked: 'request' },
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

/**
 * The targets that chat, with the parameters of the request; those that the configuration sets stay as they are. Throws
 * `OpenAiError` if no target has a place for one of the parameters.
 */
export function chatTargets(
  request: ChatRequest,
  targets: readonly Target[],
): readonly [Target, ...Target[]] {
  const asked = Object.entries(PARAMETERS).flatMap(([name, member]) => {
    const value = request[member] ?? null;
    return value === null
      ? []
      : [{ name, member, value: typeof value === 'string' ? [value] : value }];
  });
  const able: Target[] = [];
  let missing: string | null = null;
  for (const target of targets) {
    const contract = contractFor(target.contract, 'generate');
    if (contract === null) continue;
    const placeless = asked.find(({ name }) => !Object.hasOwn(contract.places, name));
    missing ??= placeless?.member ?? null;
    if (placeless !== undefined) continue;
    const parameters: Record<string, ParameterValue> = {};
    for (const { name, value } of asked) parameters[name] = value;
    able.push({ ...target, parameters: { ...parameters, ...target.parameters } });
  }
  const [first, ...others] = able;
  if (first !== undefined) return [first, ...others];
  throw missing === null
    ? new OpenAiError(400, 'model_cannot_chat', 'the targets of this model do not chat', {
        param: 'model',
      })
    : new OpenAiError(400, 'unsupported_parameter', `no target of this model takes ${missing}`, {
        param: missing,
      });
}

/** The configuration's names of the parameters. */
const PARAMETERS = {
  topP: 'top_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  stop: 'stop',
} as const satisfies Record<string, keyof ChatRequest>;
