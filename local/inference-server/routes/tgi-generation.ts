import type { Reply } from '../http/reply.ts';
import { jsonAnswer, plainAnswer } from '../models/extractive.ts';
import { splitFourBytes } from '../models/four-bytes.ts';
import { cutAtStop } from '../tasks/chat-completion.ts';
import type { TgiOrder } from './tgi-request.ts';

export interface Generated extends TgiOrder {
  readonly text: string;
  readonly finishReason: 'eos_token' | 'length' | 'stop_sequence';
  readonly tokens: readonly { id: number; text: string; logprob: number; special: boolean }[];
}

/** Text for a prompt, or JSON where a grammar asks for it. */
export function generate(order: TgiOrder): Generated {
  const { prompt, fields, maxNewTokens, request } = order;
  const instruction = lastInstruction(prompt);
  const whole =
    fields === null
      ? { content: plainAnswer(instruction, maxNewTokens), finishReason: 'stop' as const }
      : jsonAnswer(instruction, fields, maxNewTokens);
  const text = cutAtStop(whole.content, request.parameters.stop ?? []);
  const tokens = splitFourBytes(text).map((token) => ({
    id: token.id,
    text: token.text,
    logprob: 0,
    special: false,
  }));
  const ending = whole.finishReason === 'length' ? 'length' : 'eos_token';
  return {
    ...order,
    text,
    tokens,
    finishReason: text === whole.content ? ending : 'stop_sequence',
  };
}

/** The tokens only where details are asked for. */
export function toBody({ request, prompt, text, finishReason, tokens }: Generated): object {
  const { details, seed, return_full_text: fullText } = request.parameters;
  return {
    generated_text: fullText === true ? prompt + text : text,
    ...(details === true
      ? {
          details: {
            finish_reason: finishReason,
            generated_tokens: tokens.length,
            seed: seed ?? null,
            prefill: [],
            tokens,
          },
        }
      : {}),
  };
}

/** An event a token, `data:` without a blank; the last one holds all of the text. */
export function toStream({ request, text, finishReason, tokens, inputTokens }: Generated): Reply {
  const last = {
    generated_text: text,
    details: {
      finish_reason: finishReason,
      generated_tokens: tokens.length,
      input_length: inputTokens,
      seed: request.parameters.seed ?? null,
    },
  };
  // Nothing to say takes a token too.
  const shown = tokens.length > 0 ? tokens : [{ id: 2, text: '</s>', logprob: 0, special: true }];
  const events = shown.map((token, index) => ({
    index: index + 1,
    token,
    ...(index === shown.length - 1 ? last : { generated_text: null, details: null }),
  }));
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
    body: Buffer.from(events.map((event) => `data:${JSON.stringify(event)}\n\n`).join('')),
  };
}

/** What a chat template put between its last marks of an instruction, else the whole prompt without marks. */
function lastInstruction(prompt: string): string {
  const instruction = prompt.split('[INST]').at(-1)?.split('[/INST]')[0] ?? prompt;
  return instruction.replaceAll(/<\/?s>|<\|[^|>]*\|>/g, '').trim();
}
