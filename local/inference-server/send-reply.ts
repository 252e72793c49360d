import type { ServerResponse } from 'node:http';
import type { FaultRule } from './faults.ts';
import type { Reply } from './http/reply.ts';
import { pause } from './pause.ts';

export type Trouble = Pick<FaultRule, 'cut' | 'drip'>;

/**
 * Puts an answer on the wire under its full content-length: whole; in pieces (`drip`); or a part of it, and then the
 * socket is destroyed (`cut`). Ends early where the client leaves or `stopping` aborts.
 */
export async function sendReply(
  response: ServerResponse,
  { status, headers, body }: Reply,
  { cut, drip }: Trouble,
  stopping: AbortSignal,
): Promise<void> {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  const sent = body.subarray(0, cut ?? body.length);
  if (drip !== undefined) {
    for (let from = 0; from < sent.length; from += drip.bytes) {
      if (from > 0) await pause(drip.everyMs, stopping);
      if (response.destroyed || stopping.aborted) break;
      response.write(sent.subarray(from, from + drip.bytes));
    }
    if (cut === undefined && !stopping.aborted) response.end();
    else response.destroy();
  } else if (cut === undefined) {
    response.end(sent);
  } else {
    response.flushHeaders();
    response.write(sent, () => response.socket?.destroy());
  }
}
