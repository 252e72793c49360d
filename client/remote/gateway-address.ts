import { required, SettingError, type Environment } from '../../adapters/settings/environment.ts';
import type { Signer } from '../../adapters/signatures/sign-request.ts';
import { signingKeyPath } from '../config.ts';
import { readSigningKey } from './read-signing-key.ts';

/** Where a gateway is, and what opens it. */
export interface GatewayAddress {
  /** Without a slash at its end. */
  readonly url: string;
  /** Host and port, for messages. */
  readonly place: string;
  /** Sent with every request, or signing each, in which case nothing secret is sent. */
  readonly opener: { readonly key: string } | { readonly signer: Signer };
}

/**
 * `HANSARD_URL` and `HANSARD_KEY`, of which only the id is used where `HANSARD_SIGNING_KEY_FILE` signs. Throws a `SettingError`, which never repeats a key, also for an address that would let
 * others read it: only on this machine may it go over HTTP without TLS.
 */
export function parseGatewayAddress(env: Environment): GatewayAddress {
  const { HANSARD_URL, HANSARD_KEY } = requiredBoth(env);
  const url = URL.parse(HANSARD_URL);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== '') {
    throw new SettingError(
      'invalid',
      'HANSARD_URL is not of the form https://minutes.example.org. Correct it.',
    );
  }
  if (!isSafeAddress(url)) {
    throw new SettingError(
      'invalid',
      `HANSARD_URL is http://${url.host}: whoever reads the line would have the key. Write https://, which http:// may replace on this machine only.`,
    );
  }
  if (!/^[!-~]{1,200}$/.test(HANSARD_KEY)) {
    throw new SettingError(
      'invalid',
      'HANSARD_KEY is no key: those begin with hansard_. Correct it.',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return {
    url: `${url.origin}${path}`,
    place: url.host,
    opener: openerOf(HANSARD_KEY, signingKeyPath(env)),
  };
}

function openerOf(key: string, signingKey: string | null): GatewayAddress['opener'] {
  if (signingKey === null) return { key };
  const keyId = /^(?:hansard_)?([0-9a-f]{20})(?:_[\w-]+)?$/.exec(key)?.[1];
  if (keyId !== undefined) return { signer: { keyId, key: readSigningKey(signingKey) } };
  throw new SettingError(
    'invalid',
    'HANSARD_KEY is neither a key nor the id of one, such as 0123456789abcdef0123. Correct it: HANSARD_SIGNING_KEY_FILE signs as that key.',
  );
}

/** Whether nobody on the way can read what is sent there. */
export const isSafeAddress = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function requiredBoth(env: Environment): Readonly<Record<'HANSARD_URL' | 'HANSARD_KEY', string>> {
  if (env['HANSARD_KEY'] === undefined || env['HANSARD_KEY'] === '') {
    throw new SettingError(
      'missing',
      'HANSARD_KEY is not set, and HANSARD_URL names a gateway: set it to a key, which an admin makes with npm run -s hansard -- keys create, or unset HANSARD_URL.',
    );
  }
  return required(env, 'HANSARD_URL', 'HANSARD_KEY');
}
