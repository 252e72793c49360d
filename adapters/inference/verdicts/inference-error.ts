import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { requestIdOf } from '../protocols/reading/response-facts.ts';
import type { Target } from '../targets/target.ts';
import type { WireResponse } from '../wire/wire-message.ts';

export type Charge = 'unsent' | 'refused' | 'unknown' | 'billed' | 'pending';

/**
 * One failed call to a model. The message names the target, the status and what to do. It never contains a token, a
 * prompt or a transcript: providers echo these, so their text is used for the verdict only.
 */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';
  readonly kind: VerdictKind;
  readonly target: string;
  /** Null if no answer came. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** The wait that the provider asked for, at most 300 s; null: it asked for none. */
  readonly waitMs: number | null;
  /**
   * What is known about the bill. `unsent`: no byte of the request was sent. `refused`: the provider answered with an
   * error. `unknown`: the request may have been served and billed. `billed`: it was served, and we refuse the answer.
   * `pending`: the provider queued the work, and a ticket finds it again.
   */
  readonly charge: Charge;
  /** Another token of the target is ready. */
  readonly credentialsLeft: boolean;
  /** The model refuses `max_tokens` or our temperature: it wants `max_completion_tokens` and its own. */
  readonly wantsCompletionTokens: boolean;

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.target = facts.target;
    this.status = facts.status ?? null;
    this.requestId = facts.requestId ?? null;
    this.waitMs = facts.waitMs ?? null;
    this.charge = facts.charge;
    this.credentialsLeft = facts.credentialsLeft ?? false;
    this.wantsCompletionTokens = facts.wantsCompletionTokens ?? false;
  }
}

type ErrorFacts = Pick<InferenceError, 'kind' | 'target' | 'charge'> &
  Partial<
    Pick<
      InferenceError,
      'status' | 'requestId' | 'waitMs' | 'credentialsLeft' | 'wantsCompletionTokens' | 'cause'
    >
  >;

/**
 * The error of a call to `target`, with status and request id of the response, if there is one. `says` follows the
 * target's name in the message; it may start with a colon.
 */
export function errorFor(
  target: Pick<Target, 'name'>,
  response: WireResponse | null,
  { says, ...facts }: Omit<ErrorFacts, 'target'> & { readonly says: string },
): InferenceError {
  return new InferenceError(`${target.name}${says.startsWith(':') ? '' : ' '}${says}`, {
    target: target.name,
    ...(response !== null && { status: response.status, requestId: requestIdOf(response) }),
    ...facts,
  });
}

/** The same error where more is known: its message, with other facts. It becomes the cause. */
export function restated(error: InferenceError, facts: Partial<ErrorFacts>): InferenceError {
  const { message, kind, target, status, requestId, waitMs, charge, wantsCompletionTokens } = error;
  const known = { kind, target, status, requestId, waitMs, charge, wantsCompletionTokens };
  return new InferenceError(message, { ...known, ...facts, cause: error });
}
