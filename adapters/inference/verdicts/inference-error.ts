import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { requestIdOf } from '../protocols/reading/response-facts.ts';
import type { Target } from '../targets/target.ts';
import type { WireResponse } from '../wire/wire-message.ts';

export type Charge = 'unsent' | 'refused' | 'unknown' | 'billed' | 'pending';

/**
 * The evidence of one failed call to a model. The message names target, status and what to do; it never holds a
 * token, a prompt or a transcript (providers echo them, so their text goes no further than the verdict).
 */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';
  readonly kind: VerdictKind;
  readonly target: string;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** What the provider asked us to wait, clamped to 300 s; null: nothing asked. */
  readonly waitMs: number | null;
  /**
   * What we know of the bill: `unsent`: no byte of the request left us; `refused`: the provider answered with an
   * error; `unknown`: the request may have been served and billed; `billed`: it was served, and we refuse the answer;
   * `pending`: the provider took the work and is still at it, and a ticket finds it again.
   */
  readonly charge: Charge;
  /** Another token of the target is ready to be tried. */
  readonly credentialsLeft: boolean;

  constructor(
    message: string,
    facts: {
      kind: VerdictKind;
      target: string;
      status?: number | null;
      requestId?: string | null;
      waitMs?: number | null;
      charge: Charge;
      credentialsLeft?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.target = facts.target;
    this.status = facts.status ?? null;
    this.requestId = facts.requestId ?? null;
    this.waitMs = facts.waitMs ?? null;
    this.charge = facts.charge;
    this.credentialsLeft = facts.credentialsLeft ?? false;
  }
}

/**
 * The error of a call to `target`, with status and request id of the response, if there is one. `says` follows the
 * target's name in the message; it may start with a colon.
 */
export function errorFor(
  target: Pick<Target, 'name'>,
  response: WireResponse | null,
  {
    says,
    ...facts
  }: {
    readonly kind: VerdictKind;
    readonly says: string;
    readonly charge: Charge;
    readonly status?: number | null;
    readonly requestId?: string | null;
    readonly waitMs?: number | null;
    readonly cause?: unknown;
  },
): InferenceError {
  return new InferenceError(`${target.name}${says.startsWith(':') ? '' : ' '}${says}`, {
    target: target.name,
    ...(response !== null && { status: response.status, requestId: requestIdOf(response) }),
    ...facts,
  });
}
