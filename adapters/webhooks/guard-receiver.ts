import { AddressError, guardUrl } from '../inference/wire/address-guard.ts';

/**
 * Throws `AddressError` for an address that no message is sent to, whatever its name resolves to: https only, no
 * credentials, no number of a host inside. Names are checked where they are resolved, for each connection.
 */
export function guardReceiver(address: string, { loopback }: { readonly loopback: boolean }): void {
  const url = URL.parse(address);
  if (url === null) throw new AddressError('it is not a URL');
  if (loopback && LOOPBACK.includes(url.hostname)) return;
  guardUrl(url, { allowPrivate: false, allowPort: true });
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]'];
