import { z } from 'zod';

/** What the server sends to the process that runs a GGUF model: a chat to answer, or one that nobody waits for. */
export type ToModel = ({ readonly id: number } & ChatTask) | { readonly abandon: number };

/** Undefined: as the model's runtime has it. */
export interface ChatTask {
  readonly messages: readonly {
    readonly role: 'system' | 'user' | 'assistant';
    readonly content: string;
  }[];
  /** The JSON schema of the answer; null: plain text. */
  readonly schema: object | null;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly seed?: number | undefined;
  readonly repetitionPenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly stops: readonly string[];
}

const answerSchema = z.object({
  content: z.string(),
  finishReason: z.enum(['stop', 'length']),
  promptTokens: z.int().min(1),
  completionTokens: z.int().min(0),
});
export type ChatAnswer = z.infer<typeof answerSchema>;

/** What that process sends: first that it has the model, or why not, then the outcome of each chat. */
export const fromModelSchema = z.union([
  z.object({ contextTokens: z.int().min(1) }),
  z.object({ unusable: z.string() }),
  z.object({ id: z.int(), answer: answerSchema }),
  /** The prompt and the longest answer do not fit the context. */
  z.object({ id: z.int(), tooLong: z.object({ promptTokens: z.int() }) }),
  /** The runtime makes no grammar of the schema. */
  z.object({ id: z.int(), badSchema: z.string() }),
  z.object({ id: z.int(), failed: z.string() }),
]);
export type FromModel = z.infer<typeof fromModelSchema>;
