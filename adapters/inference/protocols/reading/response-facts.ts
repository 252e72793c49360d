import type { WireResponse } from '../../wire/wire-message.ts';
import type { Usage } from '../../../../workflows/contracts/stored-results.ts';

/** What the headers of an answer tell, whatever its body: vendors' text, so bounded and checked. */
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

/** Usage as far as headers know it; the contract adds what it sent and what the body says. */
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

/** What the server says it heard, where that is near what we sent: some round up, and have a shortest bill. */
function billedAudio(sentSeconds: number | null, header: string | undefined): number | null {
  const heard = number(header);
  if (sentSeconds === null || heard === null) return sentSeconds;
  return heard > 0 && heard <= sentSeconds + SHORTEST_BILL_SECONDS ? heard : sentSeconds;
}

/** A started minute, to be generous: Groq's is 10 s. */
const SHORTEST_BILL_SECONDS = 60;

/** Printable, without blanks, of a length that fits a log line. */
export const word = (text: string | null | undefined): string | null =>
  match(text, /^[\x21-\x7e]{1,200}$/);

const match = (text: string | null | undefined, pattern: RegExp): string | null =>
  text !== undefined && text !== null && pattern.test(text) ? text : null;

function number(text: string | undefined): number | null {
  // Of all digits that a 64-bit number has: Python's `str` and Rust's print so many.
  const found = match(text, /^\d{1,9}(?:\.\d{1,30})?(?:e-\d{1,2})?$/);
  return found === null ? null : Number(found);
}

function count(text: string | undefined): number | null {
  const found = match(text, /^\d{1,9}$/);
  return found === null ? null : Number(found);
}
