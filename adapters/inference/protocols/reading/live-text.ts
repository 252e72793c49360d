import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import { parseJson } from '../../wire/wire-body.ts';
import { isEndToken } from './completion.ts';

/**
 * Reads a streamed chat while it arrives: give it the bytes, and `onText` gets each piece of text. It judges nothing:
 * whether the answer is whole and valid is decided at its end, from all bytes, by the contract's `parseResponse`.
 */
export function liveText(onText: (text: string) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = eventSchema.safeParse(parseJson(data)).data;
      const text = event === undefined ? '' : textIn(event);
      if (text !== '') onText(text);
    },
  });
  return (bytes) => parser.feed(decoder.decode(bytes, { stream: true }));
}

function textIn({ choices, token }: z.infer<typeof eventSchema>): string {
  if (token) return token.special === true ? '' : token.text;
  const choice = choices?.find(({ index }) => (index ?? 0) === 0);
  const content = choice?.delta?.content ?? '';
  return isEndToken(content, choice?.finish_reason) ? '' : content;
}

/** Of a chat completion, or of Text Generation Inference's own route. */
const eventSchema = z.object({
  choices: z
    .array(
      z.object({
        index: z.int().nullish(),
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  token: z.object({ text: z.string(), special: z.boolean().nullish() }).nullish(),
});
