import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { textOf } from '../../wire/wire-body.ts';
import type { WireResponse } from '../../wire/wire-message.ts';

/** Whether the body is a stream of events, requested or not. The header decides, unless the body is clearly JSON. */
export function isEventStream({ headers, bytes }: WireResponse): boolean {
  if (bytes[0] === OPENING_BRACE) return false;
  const head = textOf(bytes.subarray(0, LONGEST_LEAD)).trimStart();
  if (head.startsWith('{')) return false;
  const named = headers['content-type']?.trim().toLowerCase().startsWith('text/event-stream');
  return named === true || head.startsWith('data:') || head.startsWith('event:');
}

const OPENING_BRACE = 0x7b;

const LONGEST_LEAD = 64;

/** The events of a complete body, at most half a million. A last line without an end counts too. */
export function eventsOf(text: string): readonly EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => {
      if (events.length < MOST_EVENTS) events.push(event);
    },
  });
  parser.feed(`${text}\n\n`);
  return events;
}

/** One per token, and no answer has this many. A flood of empty events must not fill the memory. */
const MOST_EVENTS = 500_000;
