import {
  AddressError,
  createGuardedAgent,
  type ResolveHost,
} from '../inference/wire/address-guard.ts';
import { createExchange, ExchangeError } from '../inference/wire/exchange.ts';
import { guardReceiver } from './guard-receiver.ts';
import { signMessage } from './sign-message.ts';

export interface WebhookSender {
  readonly post: PostMessage;
  readonly close: () => Promise<void>;
}

/** One attempt. Rejects only with the reason of `signal`. */
export type PostMessage = (
  message: {
    readonly id: string;
    readonly url: string;
    /** JSON. */
    readonly body: string;
    /** The newest first. */
    readonly secrets: readonly string[];
  },
  signal: AbortSignal,
) => Promise<Posted>;

/** What a receiver made of a message. */
interface Posted {
  readonly verdict: 'accepted' | 'refused' | 'gone';
  /** Null: there was no answer. */
  readonly status: number | null;
  /** Words of ours without address or secret; null: it was accepted. */
  readonly error: string | null;
  /** What the receiver asks for; null: nothing. */
  readonly retryAfterMs: number | null;
}

/**
 * Posts to addresses that somebody else gave, with the guard for them: to public addresses only, to the very ones that
 * were checked, and without following redirects. `loopback` also lets through `127.0.0.1` and `[::1]`, for tests.
 */
export function createWebhookSender({
  loopback,
  resolveHost,
}: {
  readonly loopback: boolean;
  readonly resolveHost?: ResolveHost;
}): WebhookSender {
  const agent = createGuardedAgent({ resolveHost });
  const exchange = createExchange({ agent, userAgent: 'hansard-webhooks/1' });
  return {
    post: async ({ id, url, body, secrets }, signal) => {
      try {
        guardReceiver(url, { loopback });
        const { status, headers } = await exchange({
          method: 'POST',
          url,
          headers: {
            'content-type': 'application/json',
            ...signMessage({ id, body }, secrets, new Date()),
          },
          body,
          signal,
          deadlineMs: DEADLINE_MS,
          longestAnswerBytes: LONGEST_ANSWER_BYTES,
        });
        return judge(status, headers);
      } catch (error) {
        signal.throwIfAborted();
        return judgeError(error);
      }
    },
    close: async () => await agent.close(),
  };
}

/** From the look-up of the name to the last byte of the answer. */
const DEADLINE_MS = 15_000;
/** What a receiver says is not kept. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

function judge(status: number, headers: Readonly<Record<string, string>> = {}): Posted {
  if (status >= 200 && status < 300) {
    return { verdict: 'accepted', status, error: null, retryAfterMs: null };
  }
  const isRedirect = status >= 300 && status < 400;
  return {
    verdict: status === 410 ? 'gone' : 'refused',
    status,
    error: `it answered ${status}${isRedirect ? ', and redirects are not followed' : ''}`,
    retryAfterMs: secondsIn(headers['retry-after']),
  };
}

function judgeError(error: unknown): Posted {
  const cause = error instanceof ExchangeError ? error.cause : error;
  if (cause instanceof AddressError) return failed(`its address is not allowed: ${cause.message}`);
  if (!(error instanceof ExchangeError)) throw error;
  // The answer is longer than we read, and its status says all.
  return error.status === null ? failed(`it ${error.message}`) : judge(error.status);
}

const failed = (error: string): Posted => ({
  verdict: 'refused',
  status: null,
  error,
  retryAfterMs: null,
});

/** A `retry-after` with a date says nothing more than our own schedule. */
const secondsIn = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null;
