import { errors } from 'undici';
import { expect, it } from 'vitest';
import { toNetworkError } from '../../../adapters/inference/network-error.ts';
import { aTarget } from './a-target.ts';

const systemError = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

it.each<[string, unknown, 'unsent' | 'unknown']>([
  ['an unknown host', systemError('ENOTFOUND', 'getaddrinfo'), 'unsent'],
  ['a name server that is away', systemError('EAI_AGAIN', 'getaddrinfo'), 'unsent'],
  ['a refused connection', systemError('ECONNREFUSED', 'connect'), 'unsent'],
  ['no route', systemError('EHOSTUNREACH', 'connect'), 'unsent'],
  ['no route any more', systemError('EHOSTUNREACH', 'read'), 'unknown'],
  [
    'every address refused',
    new AggregateError([
      systemError('ECONNREFUSED', 'connect'),
      systemError('ENETUNREACH', 'connect'),
    ]),
    'unsent',
  ],
  ['a connection that takes too long', new errors.ConnectTimeoutError(), 'unsent'],
  ['an expired certificate', systemError('CERT_HAS_EXPIRED', ''), 'unsent'],
  ['the certificate of another host', systemError('ERR_TLS_CERT_ALTNAME_INVALID', ''), 'unsent'],
  ['a reset', systemError('ECONNRESET', 'read'), 'unknown'],
  ['a broken pipe', systemError('EPIPE', 'write'), 'unknown'],
  ['a closed socket', new errors.SocketError('other side closed'), 'unknown'],
  ['no error at all', 'nonsense', 'unknown'],
])('%s is a passing fault, its request known or feared to be sent', (_, error, billing) => {
  expect(toNetworkError(error, aTarget())).toMatchObject({
    kind: 'transient',
    billing,
    status: null,
    waitMs: null,
  });
});

it('an error of the parser is dropped, because it carries the bytes of the answer', () => {
  const error = Object.assign(new errors.HTTPParserError('bad'), { data: 'what Ann said' });
  expect(toNetworkError(error, aTarget()).cause).toBeUndefined();
});
