import { z } from 'zod';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { Usage } from '../../../../workflows/contracts/stored-results.ts';

/** What an answer tells besides its content. */
export interface ReplyFacts {
  readonly usage: Usage;
  readonly provider: string | null;
  readonly servedModel: string | null;
  readonly revision: string | null;
  readonly requestId: string | null;
}

/** What the contract sent, or read from the body. */
export type Told = {
  readonly [Fact in keyof Usage]?: number | null | undefined;
} & {
  readonly requestId?: string | null | undefined;
  readonly servedModel?: string | null | undefined;
};

/** Headers fill what is not `told`. Both are vendors' text, so they are bounded and checked. */
export function replyFacts(response: WireResponse, told: Told = {}): ReplyFacts {
  const { headers } = response;
  return {
    usage: {
      inputTokens: told.inputTokens ?? count(headers['x-prompt-tokens']),
      outputTokens: told.outputTokens ?? count(headers['x-generated-tokens']),
      audioSeconds: billedAudio(told.audioSeconds ?? null, headers['x-compute-audio-length']),
      images: told.images ?? null,
      computeSeconds: told.computeSeconds ?? number(headers['x-compute-time']),
    },
    provider: word(headers['x-inference-provider']),
    servedModel: word(told.servedModel),
    revision: match(headers['x-sha'], /^[0-9a-f]{7,64}$/),
    requestId: requestIdOf(response) ?? word(told.requestId),
  };
}

export function requestIdOf({ headers }: WireResponse): string | null {
  for (const name of ['x-request-id', 'x-inference-id', 'inference-id', 'x-fal-request-id']) {
    const id = word(headers[name]);
    if (id !== null) return id;
  }
  return null;
}

/** The server's own figure, if it is near what we sent: some servers round up, and some bill a minimum. */
function billedAudio(sentSeconds: number | null, header: string | undefined): number | null {
  const heard = number(header);
  if (sentSeconds === null || heard === null) return sentSeconds;
  return heard > 0 && heard <= sentSeconds + SHORTEST_BILL_SECONDS ? heard : sentSeconds;
}

/** Generous: a minute. Groq's minimum is 10 s. */
const SHORTEST_BILL_SECONDS = 60;

/** Printable text without blanks that fits a log line; else null. */
export const word = (text: string | null | undefined): string | null =>
  match(text, /^[\x21-\x7e]{1,200}$/);

const match = (text: string | null | undefined, pattern: RegExp): string | null =>
  text !== undefined && text !== null && pattern.test(text) ? text : null;

function number(text: string | undefined): number | null {
  // As many digits as Python and Rust print for a 64-bit number.
  const found = match(text, /^\d{1,9}(?:\.\d{1,30})?(?:e-\d{1,2})?$/);
  return found === null ? null : Number(found);
}

function count(text: string | undefined): number | null {
  const found = match(text, /^\d{1,9}$/);
  return found === null ? null : Number(found);
}

// What vendors report beside an answer. Null where it is of another type: no answer is refused for it.

export const reportedCount = z.int().nonnegative().nullish().catch(null);

export const reportedText = z.string().nullish().catch(null);

/** From models that bill pictures or audio by tokens. */
export const reportedTokens = z
  .object({ input_tokens: reportedCount, output_tokens: reportedCount })
  .nullish()
  .catch(null);

export const groqFacts = z.object({ id: reportedText }).nullish().catch(null);
