import type { Answered } from '../answer-request.ts';
import { modelOf, usageOf } from '../answer-facts.ts';
import { textOfAnswer } from './chat-answer.ts';
import { OpenAiError } from '../open-ai-error.ts';

/** A chat whose text arrives piece by piece. */
export interface LiveChat {
  /** Resolves with the first piece, or with the answer; rejects if there is neither. */
  readonly begun: Promise<void>;
  /** The answer as a whole. It comes although nobody listens. */
  readonly answering: Promise<Answered>;
  /** The pieces until now, and after each of them. Ends with the answer. */
  readonly pieces: () => AsyncGenerator<string>;
}

export function liveChat(ask: (onText: (text: string) => void) => Promise<Answered>): LiveChat {
  const waiting: string[] = [];
  let more = Promise.withResolvers<void>();
  let isOver = false;
  const answering = ask((text) => {
    waiting.push(text);
    more.resolve();
  });
  const over = answering.then(
    () => undefined,
    () => undefined,
  );
  void over.then(() => {
    isOver = true;
  });
  const first = more.promise;
  return {
    begun: Promise.race([first, answering.then(() => undefined)]),
    answering,
    pieces: async function* () {
      for (;;) {
        const text = waiting.splice(0).join('');
        if (text !== '') yield text;
        else if (isOver) return;
        else {
          more = Promise.withResolvers<void>();
          await Promise.race([more.promise, over]);
        }
      }
    },
  };
}

/**
 * The chat as OpenAI's stream of events. An answer that came in no pieces, as one from the cache, is one piece. If the
 * call fails after it has begun, the last event tells of the error.
 */
export async function* chatEvents(
  { pieces, answering }: LiveChat,
  {
    id,
    model,
    withUsage,
    toError,
  }: {
    readonly id: string;
    /** As it was asked for; the answer's own comes with its end. */
    readonly model: string;
    readonly withUsage: boolean;
    readonly toError: (error: unknown) => OpenAiError;
  },
): AsyncGenerator<string> {
  const created = Math.floor(Date.now() / 1_000);
  const chunk = (choices: readonly object[], more: object = {}) =>
    event({ id, object: 'chat.completion.chunk', created, model, choices, ...more });
  const choice = (delta: object, finishReason: string | null = null, more: object = {}) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finishReason }], more);

  yield choice({ role: 'assistant', content: '' });
  let told = '';
  for await (const text of pieces()) {
    told += text;
    yield choice({ content: text });
  }
  let answered: Answered;
  try {
    answered = await answering;
  } catch (error) {
    yield event(toError(error).body());
    return;
  }
  const { result } = answered;
  const { text, isCutOff } = textOfAnswer(result);
  if (!text.startsWith(told)) {
    // The call broke off, and this is an answer of earlier.
    yield event(toError(BROKEN).body());
    return;
  }
  if (text.length > told.length) yield choice({ content: text.slice(told.length) });
  yield choice({}, isCutOff ? 'length' : 'stop', { model: modelOf(result) });
  if (withUsage) yield chunk([], { usage: usageOf(result) });
  yield 'data: [DONE]\n\n';
}

const BROKEN = new OpenAiError('target_failed', 'the answer broke off: try again');

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
