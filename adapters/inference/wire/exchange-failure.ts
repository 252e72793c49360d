import type { Target } from '../targets/target.ts';
import type { ExchangeError } from './exchange-error.ts';
import { InferenceError } from '../verdicts/inference-error.ts';

/**
 * The verdict where no whole answer came: transient, but for an answer that nothing would end. Whether the request
 * was sent is known from how far the exchange came, not guessed from the error's code: the reset of a connection that
 * stood may have come after the model worked.
 */
export function toInferenceFailure(error: ExchangeError, target: Target): InferenceError {
  const { reason, status } = error;
  const answered = status !== null && status >= 200 && status < 300;
  return new InferenceError(`${target.name} ${error.message}. ${ADVICE[reason]}`, {
    kind: reason === 'too_long' ? 'provider_bug' : 'transient',
    target: target.name,
    status,
    charge:
      reason === 'too_long'
        ? answered
          ? 'billed'
          : 'refused'
        : error.unsent
          ? 'unsent'
          : 'unknown',
    cause: error,
  });
}

const ADVICE: Readonly<Record<ExchangeError['reason'], string>> = {
  unreachable: 'It is asked again; if it stays, check its url and the network.',
  broken_off: 'It is asked again; if it stays, check its url and the network.',
  deadline: 'It is asked again.',
  too_long: 'Check its url.',
  source_failed: 'It is asked again; if it stays, check the object store.',
};
