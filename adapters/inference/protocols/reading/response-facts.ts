import type { WireResponse } from '../../wire/wire-message.ts';
import type { Usage } from '../../../../workflows/contracts/stored-results.ts';

/** Facts from the headers of any response. Headers are vendors' text, so they are bounded and checked. */
export function responseFacts(response: WireResponse): {
  readonly provider: string | null;
  readonly revision: string | null;
  readonly requestId: string | null;
} {
  const { headers } = response;
  return {
    provider: word(headers['x-inference-provider']),
    revision: match(headers['x-sha'], /^[0-9a-f]{7,64}$/),
    requestId: requestIdOf(response),
  };
}

export function requestIdOf({ headers }: WireResponse): string | null {
  for (const name of ['x-request-id', 'x-inference-id', 'inference-id', 'x-fal-request-id']) {
    const id = word(headers[name]);
    if (id !== null) return id;
  }
  return null;
}

/** `known` is what the contract sent or read from the body; headers fill the rest. */
export function usageOf(response: WireResponse, known: Partial<Usage>): Usage {
  const { headers } = response;
  return {
    inputTokens: known.inputTokens ?? count(headers['x-prompt-tokens']),
    outputTokens: known.outputTokens ?? count(headers['x-generated-tokens']),
    audioSeconds: billedAudio(known.audioSeconds ?? null, headers['x-compute-audio-length']),
    images: known.images ?? null,
    computeSeconds: known.computeSeconds ?? number(headers['x-compute-time']),
  };
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
