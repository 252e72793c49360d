import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Inputs, Reply, Ticket } from '../protocols/contract.ts';
import type { Target } from '../targets/target.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import { contractFor } from '../protocols/contract-table.ts';
import { errorFor } from '../verdicts/inference-error.ts';
import { bodyLength } from '../wire/wire-body.ts';

/** A call that is ready to be sent: the request, and how to read its answer. */
export interface PreparedCall<R extends Role> {
  readonly target: Target;
  readonly role: R;
  readonly request: WireRequest;
  /** For answers with 2xx only. Throws `InferenceError` of kind `provider_bug`. */
  readonly parse: (response: WireResponse) => Reply<R>;
  /** Null if the contract has no queue. */
  readonly follow: {
    readonly request: (ticket: Ticket) => WireRequest;
    readonly parse: (response: WireResponse, ticket: Ticket) => Reply<R>;
  } | null;
}

/** Pure. Throws `InferenceError` of kind `too_large` if the body exceeds the `bodyBytes` of the target. */
export function prepareCall<R extends Role>(
  target: Target,
  role: R,
  input: Inputs[R],
): PreparedCall<R> {
  const contract = contractFor(target.contract, role);
  if (contract === null)
    throw new TypeError(
      `${target.name}: the contract ${target.contract} cannot ${role}, but the configuration allowed it`,
    );
  const { follow } = contract;
  const request = contract.buildRequest(input, target);
  if (target.bodyBytes !== null && bodyLength(request.body) > target.bodyBytes)
    throw errorFor(target, null, {
      kind: 'too_large',
      says: `accepts ${target.bodyBytes} bytes, and the request has ${bodyLength(request.body)}. Send less, or raise bodyBytes.`,
      charge: 'unsent',
    });
  return {
    target,
    role,
    request,
    parse: (response) => contract.parseResponse(response, input, target),
    follow:
      follow === undefined
        ? null
        : {
            request: (ticket) => follow.buildRequest(ticket, target),
            parse: (response, ticket) => follow.parseResponse(response, ticket, input, target),
          },
  };
}
