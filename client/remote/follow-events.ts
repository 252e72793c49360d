import { createParser } from 'eventsource-parser';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobName } from '../back-end.ts';
import { progressSchema } from '../gateway/jobs/job-schemas.ts';
import { hasEnded, type JobView } from '../jobs/job-view.ts';
import { WatchInterruptedError } from '../jobs/watch-job.ts';
import type { GatewayClient } from './gateway-client.ts';
import { GatewayError, GatewayUnreachableError, jsonOf, NoGatewayError } from './gateway-errors.ts';
import { jobPath } from './job-path.ts';
import { viewOf } from './read-jobs.ts';

/** For how long a gateway may be away, and how long it may say nothing, in milliseconds. */
interface Patience {
  readonly awayMs: number;
  /** It says something every 15 s. */
  readonly silentMs: number;
  /** Until it is asked again. */
  readonly againMs: number;
}

const PATIENCE: Patience = { awayMs: 300_000, silentMs: 45_000, againMs: 3_000 };

interface Followed {
  readonly signal: AbortSignal;
  readonly show: (view: JobView) => void;
}

/**
 * Listens to the events of a job until it ends, and shows its state about once a second. A line that breaks is opened
 * again, where it was; then only a state that is new is told. Throws `WatchInterruptedError`, and what the first answer
 * stands for.
 */
export async function followEvents(
  client: GatewayClient,
  job: JobName,
  { signal, show }: Followed,
  patience = PATIENCE,
): Promise<JobView> {
  const path = jobPath(job, '/events');
  let seen = null as Told | null;
  let heardAt = Date.now();
  const shown = setInterval(() => {
    if (seen !== null) show(seen.view);
  }, SHOW_EVERY_MS);
  try {
    for (;;) {
      try {
        for await (const told of eventsOf(client, path, { lastId: seen?.id, signal, patience })) {
          heardAt = Date.now();
          if (told === 'over' && seen !== null) return seen.view;
          if (told === 'over' || told === 'beat') continue;
          seen = told;
          show(seen.view);
          // Whether or not the event of the end still comes.
          if (hasEnded(seen.view.status)) return seen.view;
        }
      } catch (error) {
        if (signal.aborted) throw error;
        const isAway = Date.now() - heardAt > patience.awayMs;
        if (seen === null || isAway || !isPassing(error)) throw error;
      }
      signal.throwIfAborted();
      await sleep(patience.againMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new WatchInterruptedError(seen?.view.status.id ?? job.reference);
  } finally {
    clearInterval(shown);
  }
}

const SHOW_EVERY_MS = 1_000;

const isPassing = (error: unknown): boolean =>
  error instanceof GatewayUnreachableError || (error instanceof GatewayError && error.isPassing);

interface Told {
  readonly id: string | undefined;
  readonly view: JobView;
}

/** What one answer tells; it ends where the line breaks. `over`: there is nothing more to ask. `beat`: nothing new. */
async function* eventsOf(
  client: GatewayClient,
  path: string,
  {
    lastId,
    signal,
    patience,
  }: { lastId: string | undefined; signal: AbortSignal; patience: Patience },
): AsyncGenerator<Told | 'over' | 'beat'> {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Error(`nothing came for ${patience.silentMs / 1_000} s`));
  }, patience.silentMs);
  try {
    const response = await client.open(path, {
      signal: AbortSignal.any([signal, silence.signal]),
      headers: {
        accept: 'text/event-stream',
        ...(lastId !== undefined && { 'last-event-id': lastId }),
      },
    });
    if (response.status === 204) return yield 'over';
    const waiting: (Told | 'over')[] = [];
    const parser = createParser({
      maxBufferSize: LARGEST_EVENT_CHARACTERS,
      onEvent: ({ event, id, data }) => {
        if (event === 'end') waiting.push('over');
        if (event === 'progress') waiting.push({ id, view: parsed(data, client) });
      },
    });
    for await (const text of textsOf(response, client)) {
      timer.refresh();
      parser.feed(text);
      yield* waiting.splice(0);
      yield 'beat';
    }
  } finally {
    clearTimeout(timer);
    // Whoever stops listening leaves no line open.
    silence.abort();
  }
}

async function* textsOf(response: Response, { place }: GatewayClient): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const block of response.body ?? []) yield decoder.decode(block, { stream: true });
  } catch (error) {
    throw new GatewayUnreachableError(place, error);
  }
}

const LARGEST_EVENT_CHARACTERS = 10_000_000;

function parsed(data: string, { place }: GatewayClient): JobView {
  const state = progressSchema.safeParse(jsonOf(data));
  if (state.success) return viewOf(state.data);
  throw new NoGatewayError(place, `events: ${state.error.issues[0]?.path.join('.')}`);
}
