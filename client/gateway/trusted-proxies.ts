import ipaddr from 'ipaddr.js';
import { optional, SettingError, type Environment } from '../../adapters/settings/environment.ts';

/**
 * The proxies that are believed when they say, in `X-Forwarded-For`, whose request they pass on: addresses, and networks as
 * `10.0.0.0/8`. Nobody else is. Throws `SettingError`, also for a network of all addresses: then everybody could choose
 * the address that they are counted by.
 */
export function parseTrustedProxies(env: Environment): readonly string[] {
  const proxies = (optional(env, NAME) ?? '').split(',').map((one) => one.trim());
  const named = proxies.filter((one) => one !== '');
  if (named.every(isProxy)) return named;
  throw new SettingError(
    'invalid',
    `${NAME} takes addresses and networks of proxies, separated by commas, such as 127.0.0.1, 10.0.0.0/8, and no network of all addresses. Correct it.`,
  );
}

const NAME = 'HANSARD_GATEWAY_TRUSTED_PROXIES';

function isProxy(text: string): boolean {
  if (!text.includes('/')) return isWhole(text);
  if (!ipaddr.isValidCIDR(text)) return false;
  const [, bits] = ipaddr.parseCIDR(text);
  return bits > 0 && isWhole(text.slice(0, text.indexOf('/')));
}

/** `10.1` is an address to some programs, and another one to others. */
const isWhole = (text: string): boolean =>
  ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
