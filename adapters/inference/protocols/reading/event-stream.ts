import { createParser } from 'eventsource-parser';
import type { WireResponse } from '../../wire/wire-message.ts';

export interface StreamEvent {
  /** Null where the server named none. */
  readonly event: string | null;
  readonly data: string;
}

/** Whether the body is a stream of events, asked for or not: by its header, unless the body plainly is JSON. */
export function isEventStream({ headers, bytes }: WireResponse): boolean {
  if (bytes[0] === OPENING_BRACE) return false;
  const head = new TextDecoder().decode(bytes.subarray(0, LONGEST_LEAD)).trimStart();
  if (head.startsWith('{')) return false;
  const named = headers['content-type']?.trim().toLowerCase().startsWith('text/event-stream');
  return named === true || head.startsWith('data:') || head.startsWith('event:');
}

const OPENING_BRACE = 0x7b;
const LONGEST_LEAD = 64;

/**
 * The events of a body that has ended, up to half a million. Servers that close right after their last line mean that
 * line, too.
 */
export function eventsOf({ bytes }: WireResponse): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (events.length < MOST_EVENTS) events.push({ event: event ?? null, data });
    },
  });
  parser.feed(`${new TextDecoder().decode(bytes)}\n\n`);
  return events;
}

/** One a token, and no answer has as many: a flood of empty events shall not fill the memory. */
const MOST_EVENTS = 500_000;
