import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { WireResponse } from '../protocols/contract.ts';
import type { ManagedTarget } from './endpoint-api.ts';
import { requestIdOf } from '../protocols/reading/response-facts.ts';
import { readErrorMessage } from '../verdicts/error-message.ts';
import { InferenceError } from '../verdicts/inference-error.ts';
import { retryDelayMs } from '../verdicts/retry-delay.ts';

/** The verdict on a management API that refuses. The message is ours alone. */
export function endpointRefusal(
  response: WireResponse,
  target: ManagedTarget,
  now: Date,
): InferenceError {
  const { status } = response;
  const { kind, says } = ROWS.find((row) => row.matches(status)) ?? UNREADABLE;
  const { namespace, name, tokenVariable } = target.endpoint;
  const waits = status === 429 || status === 503;
  const message = readErrorMessage(response.bytes);
  return new InferenceError(
    `${target.name}: the management API answered ${status} about its endpoint ${namespace}/${name}: ${says(tokenVariable)}`,
    {
      kind,
      target: target.name,
      status,
      requestId: requestIdOf(response),
      waitMs: waits ? retryDelayMs({ status, headers: response.headers, message }, now) : null,
      charge: 'unsent',
    },
  );
}

interface Row {
  readonly matches: (status: number) => boolean;
  readonly kind: VerdictKind;
  readonly says: (tokenVariable: string) => string;
}

/** From top to bottom; the first row that matches holds. */
const ROWS: readonly Row[] = [
  {
    matches: (status) => status === 401 || status === 403,
    kind: 'auth',
    says: (variable) =>
      `the token in ${variable} was refused. Set one that may manage the endpoints of that namespace.`,
  },
  {
    matches: (status) => status === 402,
    kind: 'billing',
    says: () => 'that account cannot pay. Add a payment method or credits.',
  },
  {
    matches: (status) => status === 404 || status === 410,
    kind: 'not_served',
    says: (variable) =>
      `there is none, or the token in ${variable} may not see it. Correct endpoint.namespace and endpoint.name.`,
  },
  {
    matches: (status) => status === 429,
    kind: 'rate_limited',
    says: () => 'too many questions. It is asked again later.',
  },
  {
    matches: (status) => status === 408 || status === 409 || status === 425 || status >= 500,
    kind: 'transient',
    says: () => 'it is out of order for now. It is asked again.',
  },
  {
    matches: (status) => status >= 400,
    kind: 'not_served',
    says: () => 'it will not do that. Look at the endpoint at https://endpoints.huggingface.co.',
  },
];

const UNREADABLE: Row = {
  matches: () => true,
  kind: 'provider_bug',
  says: () => 'nothing we know. Check HF_ENDPOINTS_URL.',
};
