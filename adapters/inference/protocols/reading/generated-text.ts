import { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import { holdsError } from '../../verdicts/error-message.ts';
import { InferenceError } from '../../verdicts/inference-error.ts';
import { failedInside } from './failed-inside.ts';
import { eventsOf, isEventStream } from './event-stream.ts';
import { jsonBody } from './json-body.ts';
import { requestIdOf } from './response-facts.ts';

export type Generated = z.infer<typeof generatedSchema>;

/**
 * TGI's answer, whole or as a stream, whose last event holds all of the text. A stream without that event is a
 * connection that broke.
 */
export function generatedText(response: WireResponse, target: Target): Generated {
  if (!isEventStream(response)) return jsonBody(response, answerSchema, target);
  const events = eventsOf(response);
  for (const { data } of events) {
    const bytes = Buffer.from(data);
    if (holdsError(bytes)) throw failedInside(response, bytes, events.length > 1, target);
  }
  const last = lastEventSchema.safeParse(events.at(-1)?.data);
  if (last.success) return last.data;
  throw new InferenceError(
    `${target.name} broke its stream off before the answer was complete. It is asked again.`,
    {
      kind: 'transient',
      target: target.name,
      status: response.status,
      requestId: requestIdOf(response),
      charge: 'unknown',
    },
  );
}

const count = z.int().nonnegative().nullish().catch(null);

const generatedSchema = z.object({
  generated_text: z.string(),
  details: z
    .object({
      finish_reason: z.string().nullish().catch(null),
      generated_tokens: count,
      /** Streams only; else a header says it. */
      input_length: count,
    })
    .nullish()
    .catch(null),
});

/** An object at `/generate`, a list with one at the compatible root. */
const answerSchema = z.union([
  generatedSchema,
  z.tuple([generatedSchema]).transform(([one]) => one),
]);

const lastEventSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(generatedSchema);
