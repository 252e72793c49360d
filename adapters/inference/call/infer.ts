import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Parsed, Reply, Ticket, Unfinished } from '../protocols/contract.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import { contractOf } from '../protocols/contract-table.ts';
import type { Target } from '../targets/target.ts';
import type { PreparedCall } from './prepare-call.ts';
import type { SendOptions, Transport } from '../wire/send.ts';
import { DEADLINES_MS } from '../wire/deadlines.ts';
import { holdsError } from '../verdicts/error-message.ts';
import { errorFor, InferenceError, restated } from '../verdicts/inference-error.ts';
import { toInferenceError } from '../verdicts/verdict.ts';

export interface CallOptions extends SendOptions {
  /** The ticket of an earlier try of the same call: its work is followed and not sent again. */
  readonly ticket?: Ticket | null;
  /** Stores a ticket where another process finds it; awaited before the work is followed. */
  readonly keepTicket?: (ticket: Ticket) => Promise<void>;
}

/**
 * One call: sends it, turns an error answer into a verdict, parses the answer. If the provider queues the work, follows
 * it until it is done or the deadline ends. Throws `InferenceError`, with charge `pending` if a ticket still finds the
 * work, or the caller's reason to abort.
 */
export async function infer<R extends Role>(
  transport: Transport,
  prepared: PreparedCall<R>,
  options: CallOptions,
): Promise<Parsed<R>> {
  const { target } = prepared;
  const end = performance.now() + options.deadlineMs;
  const leftMs = () => Math.max(end - performance.now(), 1);
  const ask: Ask = async (question) => {
    const deadlineMs = Math.min(leftMs(), DEADLINES_MS.question);
    const asking = { ...options, deadlineMs, onBytes: undefined };
    return accepted(await transport.send(question, target, asking), target);
  };

  let ticket = options.ticket ?? null;
  let reply =
    ticket === null
      ? prepared.parse(accepted(await transport.send(prepared.request, target, options), target))
      : await follow(prepared, ticket, ask);
  for (;;) {
    if ('answer' in reply) return checkRevision(target, reply);
    if ('pictureUrl' in reply) {
      const { pictureUrl, complete } = reply;
      const picture = await stillThere(ticket, () =>
        transport.download(pictureUrl, target, { ...options, deadlineMs: leftMs() }),
      );
      return checkRevision(target, complete(picture));
    }
    if ('textUrl' in reply) {
      const { textUrl, read } = reply;
      const text = await stillThere(ticket, () =>
        transport.downloadText(textUrl, target, { ...options, deadlineMs: leftMs() }),
      );
      return checkRevision(target, read(text));
    }
    ticket = reply.ticket;
    await options.keepTicket?.(ticket);
    await untilNextQuestion(target, reply, end, options.signal);
    reply = await follow(prepared, ticket, ask);
  }
}

/** Asks for the state of queued work; throws the verdict on an error answer. */
type Ask = (question: WireRequest) => Promise<WireResponse>;

function accepted(response: WireResponse, target: Target): WireResponse {
  const succeeded = response.status >= 200 && response.status < 300;
  if (!succeeded || holdsError(response.bytes))
    throw toInferenceError(response, target, contractOf(target).traits, new Date());
  return response;
}

function checkRevision<R extends Role>(target: Target, parsed: Parsed<R>): Parsed<R> {
  if (target.revision !== null && parsed.revision?.startsWith(target.revision) === false)
    throw errorFor(target, null, {
      kind: 'not_served',
      says: `serves another revision of ${target.model} than ${target.revision}. Correct revision, or remove it.`,
      requestId: parsed.requestId,
      charge: 'billed',
    });
  return parsed;
}

async function follow<R extends Role>(
  { target, follow: following }: PreparedCall<R>,
  ticket: Ticket,
  ask: Ask,
): Promise<Reply<R>> {
  if (following === null)
    throw new TypeError(`${target.name}: there is a ticket, but its contract has no queue`);
  const response = await stillThere(ticket, () => ask(following.request(ticket)));
  // Outside `stillThere`: an answer about the work itself, such as its failure, is final.
  return following.parse(response, ticket);
}

/** An error of a question says nothing about the queued work: the work stays pending, and the question is repeated. */
async function stillThere<T>(ticket: Ticket | null, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (ticket === null || !(error instanceof InferenceError)) throw error;
    const { kind, target, status, requestId, waitMs } = error;
    switch (kind) {
      case 'not_served':
        throw errorFor({ name: target }, null, {
          kind: 'transient',
          says: 'no longer has the queued job. It is sent again.',
          status,
          requestId,
          waitMs,
          charge: 'unknown',
          cause: error,
        });
      case 'transient':
      case 'rate_limited':
      case 'loading':
        throw restated(error, { kind: 'loading', charge: 'pending' });
      case 'auth':
      case 'billing':
        throw restated(error, { charge: 'pending' });
      case 'provider_bug':
      case 'closed':
      case 'too_large':
      case 'input':
        throw error;
    }
  }
}

async function untilNextQuestion(
  target: Target,
  { waitMs }: Unfinished,
  end: number,
  signal: AbortSignal,
): Promise<void> {
  if (performance.now() + waitMs >= end)
    throw errorFor(target, null, {
      kind: 'loading',
      says: 'has queued the work and has not finished it. It is asked again later.',
      waitMs,
      charge: 'pending',
    });
  await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}
