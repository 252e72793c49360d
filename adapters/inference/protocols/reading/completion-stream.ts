import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Completion } from './completion-schema.ts';
import { holdsError } from '../../verdicts/error-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { badReply } from './bad-reply.ts';
import { completionChunkSchema } from './completion-schema.ts';
import { failedInside } from './failed-inside.ts';
import { eventsOf } from './event-stream.ts';
import { checked } from './json-body.ts';
import { requestIdOf } from './response-facts.ts';

/**
 * Makes one completion of the events of a streamed one. An error in mid-stream gets the verdict that it would get as
 * an answer of its own; a stream without an end (no finish reason, no `[DONE]`) is a connection that broke.
 */
export function joinCompletion(response: WireResponse, target: Target): Completion {
  const contents: string[] = [];
  const refusals: string[] = [];
  let finishReason: string | null = null;
  let model: string | null = null;
  let usage: Completion['usage'] = null;
  let groq: Completion['x_groq'] = null;
  let isDone = false;
  let hasBegun = false;

  const events = eventsOf(response);
  for (const [index, { event, data }] of events.entries()) {
    if (data.trim() === '[DONE]') {
      isDone = true;
      break;
    }
    if (data.length > LONGEST_EVENT)
      throw badReply(target, response, 'an event of its stream is longer than any answer');
    const bytes = Buffer.from(data);
    if (event === 'error' || holdsError(bytes))
      throw failedInside(response, bytes, hasBegun, target);
    const body = parseJson(data);
    // Half an event ends a connection that broke; anywhere else it is nonsense.
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
    contents.push(choice.delta?.content ?? '');
    refusals.push(choice.delta?.refusal ?? '');
    finishReason = choice.finish_reason ?? finishReason;
  }

  if (!isDone && finishReason === null) throw brokeOff(response, target);
  return {
    model,
    choices: [
      {
        message: { content: contents.join(''), refusal: refusals.join('') },
        finish_reason: finishReason,
      },
    ],
    usage,
    x_groq: groq,
  };
}

/** Some servers send all they have to say in one; of what a list may hold, zod keeps an issue for every wrong entry. */
const LONGEST_EVENT = 262_144;

const brokeOff = (response: WireResponse, target: Target): InferenceError =>
  new InferenceError(
    `${target.name} broke its stream off before the answer was complete. It is asked again.`,
    {
      kind: 'transient',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      charge: 'unknown',
    },
  );

/** Undefined: not JSON, which `undefined` is not either. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
