import type { Target } from './contract.ts';
import { InferenceError } from './inference-error.ts';

/**
 * The verdict where no whole answer came: transient. `unsent` only where the failure belongs to making the
 * connection; a reset of a connection that stood may have come after the model worked.
 */
export function toNetworkError(error: unknown, target: Target): InferenceError {
  const code = codeOf(error);
  const connecting = isConnecting(error);
  const what = connecting
    ? 'could not be reached'
    : 'broke the connection off before it had answered';
  return new InferenceError(
    `${target.name} ${what} (${code}). It is asked again; if it stays, check its url and the network.`,
    {
      kind: 'transient',
      target: target.name,
      billing: connecting ? 'unsent' : 'unknown',
      // undici's parser errors carry the bytes they failed on.
      cause: error instanceof Error && 'data' in error ? undefined : error,
    },
  );
}

function isConnecting(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.every(isConnecting);
  if (!(error instanceof Error)) return false;
  const syscall = 'syscall' in error ? error.syscall : null;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    UNSENT_CODES.test(codeOf(error)) ||
    error.message.includes('before secure TLS connection was established')
  );
}

/** Name look-up, connection and TLS handshake, by Node's, OpenSSL's and undici's codes. */
const UNSENT_CODES =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+|UND_ERR_CONNECT_TIMEOUT|EPROTO|ERR_TLS_(?:CERT_ALTNAME_INVALID|HANDSHAKE_TIMEOUT)|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|[A-Z0-9_]*ALERT_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION))|CERT_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|HOSTNAME_MISMATCH)$/;

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'no code';
}
