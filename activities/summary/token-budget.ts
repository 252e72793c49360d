import type { ChatMessage } from '../../adapters/inference/protocols/contract.ts';
import type { AnswerSchema } from '../../adapters/inference/protocols/forms/response-format.ts';
import { hungriest, type TokenCounter } from '../../adapters/inference/tokenizers/token-counter.ts';
import type { Dependencies } from '../dependencies.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import { SPEAKERS_SCHEMA, SUMMARY_SCHEMA } from './prompts.ts';

/** Counts the tokens of a text. */
export type Count = (text: string) => number;

/** Tokens reserved for the answer: a fifth, so that a reducing call has room for two answers of this size. */
export const answerTokens = (contextTokens: number): number =>
  Math.max(512, Math.min(4096, Math.floor(contextTokens / 5)));

/**
 * Upper bound of the tokens that a prompt takes: its messages, what a chat template adds to them, and the schema,
 * which some servers show to the model.
 */
export const promptTokens = (
  messages: readonly ChatMessage[],
  count: Count,
  schema: AnswerSchema = SUMMARY_SCHEMA,
): number =>
  messages.reduce((sum, { content }) => sum + count(content) + TOKENS_AROUND_A_MESSAGE, 0) +
  TOKENS_OF_A_TEMPLATE +
  schemaTokens(schema, count);

/** The standard schemas count the same everywhere, so that sections stay as they were cut. */
const schemaTokens = (schema: AnswerSchema, count: Count): number =>
  TOKENS_OF_SCHEMAS.get(schema) ?? count(JSON.stringify(schema.json));

/** Role marks and separators take 4 to 10 in the chat templates that we know. */
const TOKENS_AROUND_A_MESSAGE = 16;
/** Fixed text of a template: 25 for Llama's dates, 70 for gpt-oss's channels. */
const TOKENS_OF_A_TEMPLATE = 128;
/** Counted with our tokenizers: 390 to 480 the one, 476 to 588 the other. */
const TOKENS_OF_SCHEMAS: ReadonlyMap<AnswerSchema, number> = new Map([
  [SUMMARY_SCHEMA, 512],
  [SPEAKERS_SCHEMA, 640],
]);

/**
 * The maximum length of an answer: the share that the cut reserved, limited by what the prompt leaves of the target's
 * own context where both are known exactly. Null: the prompt leaves too little for a summary, so the target would
 * refuse it or stop in the middle.
 */
export function longestAnswer(
  {
    messages,
    schema,
  }: { readonly messages: readonly ChatMessage[]; readonly schema: AnswerSchema },
  context: {
    /** The context for which the sections were cut. */
    readonly contextTokens: number;
    readonly targetContextTokens: number | null;
    readonly counter: TokenCounter;
  },
): number | null {
  const { contextTokens, targetContextTokens, counter } = context;
  const wanted = answerTokens(contextTokens);
  // An estimate is an upper bound: it cannot prove that there is no room.
  if (targetContextTokens === null || counter.source === 'estimate') return wanted;
  const left = targetContextTokens - promptTokens(messages, counter.count, schema);
  return left < SHORTEST_ANSWER ? null : Math.min(wanted, left);
}

/** A summary with a decision or two. Shorter answers end in the middle of their JSON. */
const SHORTEST_ANSWER = 256;

/**
 * Counts at least as many tokens as any summarising target of this worker does, so that what fits by this count fits
 * every target of the chain. Sends heartbeats: loading a tokenizer from the hub may take a minute.
 */
export async function chainCounter(
  deps: Pick<Dependencies, 'inference' | 'tokens'>,
): Promise<Count> {
  const { summarize } = deps.inference.roles;
  // Without summarising targets the estimate is enough: no call will be made.
  const models = summarize.length === 0 ? [{ model: '', tokenizer: null }] : summarize;
  const counters = await withHeartbeat(() =>
    Promise.all(models.map(({ model, tokenizer }) => deps.tokens.counterFor(model, tokenizer))),
  );
  return hungriest([...new Map(counters.map((counter) => [counter.name, counter])).values()]);
}
