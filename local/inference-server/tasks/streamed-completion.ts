import type { Reply } from '../http/reply.ts';

export interface Completion {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly content: string;
  readonly finishReason: 'stop' | 'length';
  readonly usage: Readonly<Record<'prompt_tokens' | 'completion_tokens' | 'total_tokens', number>>;
}

/** The completion as server-sent events, a word each, ending in `[DONE]`; the usage comes last, where asked for. */
export function streamedReply(
  completion: Completion,
  includeUsage: boolean,
  headers: Readonly<Record<string, string>>,
): Reply {
  const { id, created, model, content, finishReason, usage } = completion;
  const event = (choices: readonly object[], counted: object | null) => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    system_fingerprint: 'extractive-v1',
    choices,
    ...(includeUsage ? { usage: counted } : {}),
  });
  const choice = (delta: object, finish_reason: string | null = null) => [
    { index: 0, delta, logprobs: null, finish_reason },
  ];
  const words = content.match(/\s*\S+|\s+$/g) ?? [];
  const events = [
    event(choice({ role: 'assistant', content: '' }), null),
    ...words.map((word) => event(choice({ content: word }), null)),
    event(choice({}, finishReason), null),
    ...(includeUsage ? [event([], usage)] : []),
  ];
  const lines = [...events.map((one) => JSON.stringify(one)), '[DONE]'];
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers },
    body: Buffer.from(lines.map((line) => `data: ${line}\n\n`).join('')),
  };
}
