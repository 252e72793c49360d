import type { Dispatcher } from 'undici';
import type { ExchangeRequest, WireResponse } from './wire-message.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { DEADLINES_MS } from './deadlines.ts';
import { RunningExchange } from './running-exchange.ts';
import { isByteSource } from './wire-body.ts';

export { ExchangeError } from './exchange-error.ts';

/** One HTTP exchange, of whatever purpose: no retries, no redirects. Answers of every status come back. */
export type Exchange = (request: ExchangeRequest) => Promise<WireResponse>;

/**
 * Exchanges over the sockets of `agent`: one whose answer was read to its end serves again, every other is closed.
 * Throws `ExchangeError`, or the caller's reason to abort.
 */
export function createExchange({
  agent,
  userAgent,
}: {
  readonly agent: Dispatcher;
  readonly userAgent: string;
}): Exchange {
  const clock = new DeadlineClock();
  const addressOf = rememberAddresses();
  return async (request) => {
    request.signal.throwIfAborted();
    const { origin, path } = addressOf(request.url);
    const { body, deadlineMs, headersMs = deadlineMs, idleMs = DEADLINES_MS.idle } = request;
    const headers: Record<string, string> = {
      ...request.headers,
      'accept-encoding': 'identity',
      'user-agent': userAgent,
    };
    if (isByteSource(body)) headers['content-length'] = String(body.length);

    return await new Promise<WireResponse>((resolve, reject) => {
      const running = new RunningExchange(request, clock, resolve, reject);
      agent.dispatch(
        {
          origin,
          path,
          method: request.method,
          headers,
          body: running.body,
          // 0 is none: a timer that cannot ring before the deadline is not started.
          headersTimeout: headersMs < deadlineMs ? headersMs : 0,
          bodyTimeout: idleMs < deadlineMs ? idleMs : 0,
        },
        running,
      );
    });
  };
}

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** Most calls go where one before them went; to take a URL apart is a thirtieth of a small exchange. */
function rememberAddresses(): (url: string) => Address {
  const known = new Map<string, Address>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const url = new URL(text);
    const address = { origin: url.origin, path: url.pathname + url.search };
    if (known.size >= MOST_ADDRESSES) known.clear();
    known.set(text, address);
    return address;
  };
}

/** A few for each target of a large configuration; those of queued work are new each time. */
const MOST_ADDRESSES = 64;
