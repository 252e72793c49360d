import { lookup as lookUp } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent } from 'undici';
import { DEADLINES_MS } from './deadlines.ts';

/** Somebody else's address leads where we must not go. The message names no address. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** All addresses of a host; rejects where it has none. */
export type LookUp = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/**
 * Throws `AddressError` unless the address may be fetched for somebody else: https at its own port, without
 * credentials, and every address of its host public. What is guarded here may have moved before a connection is
 * made: use `createGuardedAgent` for that connection.
 */
export async function guardAddress(
  url: URL,
  {
    allowPrivate,
    lookUp: find = lookUpAll,
  }: { readonly allowPrivate: boolean; readonly lookUp?: LookUp },
): Promise<void> {
  guardUrl(url, { allowPrivate });
  if (!allowPrivate && literalOf(url) === null) guardAll(await find(url.hostname));
}

/** As `guardAddress`, but for what only a name server knows. */
export function guardUrl(url: URL, { allowPrivate }: { readonly allowPrivate: boolean }): void {
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    throw new AddressError('it is not https');
  if (url.username !== '' || url.password !== '') throw new AddressError('it holds credentials');
  if (allowPrivate) return;
  if (url.port !== '') throw new AddressError('it names a port of its own');
  const literal = literalOf(url);
  if (literal !== null && !isPublic(literal)) throw new AddressError(NOT_PUBLIC);
}

/**
 * Connects to nothing but public addresses, and to the very ones that it checked, so that no name server can answer
 * the check and the connection differently. It knows of no proxy: a proxy would look the name up again.
 */
export const createGuardedAgent = ({
  lookUp: find = lookUpAll,
}: { readonly lookUp?: LookUp } = {}): Agent =>
  new Agent({
    connect: { timeout: DEADLINES_MS.connect, lookup: guardedLookup(find) },
    connections: 10,
    allowH2: false,
  });

function guardedLookup(find: LookUp): LookupFunction {
  return (host, options, callback) => {
    find(host).then(
      (found) => {
        try {
          guardAll(found);
        } catch (error) {
          callback(error instanceof Error ? error : new AddressError(NOT_PUBLIC), '', 0);
          return;
        }
        const [first] = found;
        if (options.all === true) callback(null, [...found]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) =>
        callback(error instanceof Error ? error : new Error('no such host'), '', 0),
    );
  };
}

const lookUpAll: LookUp = async (host) => await lookUp(host, { all: true });

/** One bad address spoils all: who mixes them means harm. */
function guardAll(found: readonly { readonly address: string }[]): void {
  if (found.length === 0 || !found.every(({ address }) => isPublic(address)))
    throw new AddressError(NOT_PUBLIC);
}

const NOT_PUBLIC = 'it does not lie in the public network';

/** The host, where it is an address and not a name. `URL` has brought odd spellings of one into the usual form. */
function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : null;
}

/** Not loopback, private, link-local (where clouds keep their metadata), shared, multicast, reserved or translated. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // Of IPv6 only 2000::/3 is given out (RFC 4291, 2.4): all else, `::127.0.0.1` too, is none.
  return parsed instanceof ipaddr.IPv6
    ? parsed.match(ipaddr.IPv6.parse('2000::'), 3)
    : !INSIDE_CLOUDS.includes(parsed.toString());
}

/** Azure's wire server: a public address that leads inside from every virtual machine. */
const INSIDE_CLOUDS: readonly string[] = ['168.63.129.16'];
