import { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import { holdsError } from '../../verdicts/error-message.ts';
import type { ErrorTraits } from '../../verdicts/verdict.ts';
import { parseJson, textOf } from '../../wire/wire-body.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { eventsOf, isEventStream } from './event-stream.ts';
import { checked, jsonBody } from './json-body.ts';
import { groqFacts, reportedCount, reportedText } from './response-facts.ts';
import { badReply, failedInStream, streamBroke } from './reply-errors.ts';

export type Completion = z.infer<typeof completionSchema>;

/** A chat completion, whole or streamed. Some servers stream unasked, and some do not stream when asked. */
export const readCompletion = (
  response: WireResponse,
  target: Target,
  traits: ErrorTraits,
): Completion =>
  isEventStream(response)
    ? joinCompletion(response, target, traits)
    : jsonBody(response, completionSchema, target);

/** Joins the events of a streamed completion. A stream without a finish reason and without `[DONE]` is incomplete. */
function joinCompletion(response: WireResponse, target: Target, traits: ErrorTraits): Completion {
  const contents: string[] = [];
  const refusals: string[] = [];
  let finishReason: string | null = null;
  let model: string | null = null;
  let usage: Completion['usage'] = null;
  let groq: Completion['x_groq'] = null;
  let isDone = false;
  let hasBegun = false;

  const events = eventsOf(textOf(response.bytes));
  for (const [index, { event, data }] of events.entries()) {
    if (data.trim() === '[DONE]') {
      isDone = true;
      break;
    }
    if (data.length > LONGEST_EVENT)
      throw badReply(target, response, 'an event of its stream is longer than any answer');
    const bytes = Buffer.from(data);
    if (event === 'error' || holdsError(bytes))
      throw failedInStream(target, response, { bytes, hasBegun }, traits);
    const body = parseJson(data);
    // Half an event at the end means a broken connection; anywhere else it is invalid.
    if (body === undefined && index === events.length - 1) break;
    const chunk = checked(body, completionChunkSchema);
    if (!('data' in chunk))
      throw badReply(target, response, 'an event of its stream is not part of a completion');
    model = chunk.data.model ?? model;
    usage = chunk.data.usage ?? usage;
    groq = chunk.data.x_groq ?? groq;
    const choice = chunk.data.choices?.find((one) => (one.index ?? 0) === 0);
    if (choice === undefined) continue;
    hasBegun = true;
    const content = choice.delta?.content ?? '';
    contents.push(isEndToken(content, choice.finish_reason) ? '' : content);
    refusals.push(choice.delta?.refusal ?? '');
    finishReason = choice.finish_reason ?? finishReason;
  }

  if (!isDone && finishReason === null) throw streamBroke(target, response);
  const message = { content: contents.join(''), refusal: refusals.join('') };
  return { model, choices: [{ message, finish_reason: finishReason }], usage, x_groq: groq };
}

/** TGI up to 2.0 streams the token that ended the answer as its last part, and only that one has this reason. */
export const isEndToken = (content: string, finishReason: string | null | undefined): boolean =>
  finishReason === 'eos_token' && /^<[^<>\s]{1,60}>$/.test(content);

/** Some servers send the whole answer in one event. Bounded, because zod keeps an issue for every wrong entry of a list. */
const LONGEST_EVENT = 262_144;

/** Of a whole completion, or of the last events of a stream. */
const facts = {
  model: reportedText,
  usage: z
    .object({ prompt_tokens: reportedCount, completion_tokens: reportedCount })
    .nullish()
    .catch(null),
  x_groq: groqFacts,
};

/** The fields we use. Not among them: what a model thought (`reasoning`, `reasoning_content`). */
const completionSchema = z.object({
  ...facts,
  choices: z.array(
    z.object({
      message: z.object({ content: z.string().nullish(), refusal: reportedText }),
      finish_reason: reportedText,
    }),
  ),
});

/** One event of a stream. The last one may hold usage and no choices. */
const completionChunkSchema = z.object({
  ...facts,
  choices: z
    .array(
      z.object({
        index: z.int().nullish().catch(null),
        delta: z.object({ content: z.string().nullish(), refusal: reportedText }).nullish(),
        finish_reason: reportedText,
      }),
    )
    .nullish(),
});
