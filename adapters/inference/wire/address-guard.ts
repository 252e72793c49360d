import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent } from 'undici';
import { DEADLINES_MS } from './deadlines.ts';

/** An address from outside is not allowed. The message does not contain the address. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

type HostAddresses = readonly { readonly address: string; readonly family: number }[];

/** All addresses of a host; rejects if it has none. */
export type ResolveHost = (host: string) => Promise<HostAddresses>;

/**
 * Throws `AddressError` unless the address is public: it passes `guardUrl`, and so does every IP address of the host.
 * DNS may change before the connection is made, so connect through `createGuardedAgent`.
 */
export async function guardAddress(url: URL, resolveHost = resolveAll): Promise<void> {
  guardUrl(url, { allowPrivate: false });
  if (literalOf(url) === null) onlyPublic(await resolveHost(url.hostname));
}

/**
 * The part that needs no DNS: https at the default port (`allowPort`: at any), no credentials, and no private IP address
 * as the host.
 */
export function guardUrl(
  url: URL,
  {
    allowPrivate,
    allowPort = false,
  }: { readonly allowPrivate: boolean; readonly allowPort?: boolean },
): void {
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    throw new AddressError('it is not https');
  if (url.username !== '' || url.password !== '') throw new AddressError('it contains credentials');
  if (allowPrivate) return;
  if (url.port !== '' && !allowPort) throw new AddressError('it has a port');
  const literal = literalOf(url);
  if (literal !== null && !isPublic(literal)) throw new AddressError(NOT_PUBLIC);
}

/**
 * Connects to public addresses only, and to the same ones that it checked, so that DNS cannot give the check and the
 * connection different answers. It uses no proxy, because a proxy would resolve the name again.
 */
export const createGuardedAgent = ({
  resolveHost = resolveAll,
}: { readonly resolveHost?: ResolveHost | undefined } = {}): Agent =>
  new Agent({
    connect: { timeout: DEADLINES_MS.connect, lookup: guardedLookup(resolveHost) },
    connections: 10,
    allowH2: false,
  });

const guardedLookup =
  (resolveHost: ResolveHost): LookupFunction =>
  (host, options, callback) => {
    resolveHost(host)
      .then(onlyPublic)
      .then(
        (found) => {
          const [first] = found;
          if (options.all === true) callback(null, [...found]);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: unknown) =>
          callback(error instanceof Error ? error : new Error('no such host'), '', 0),
      );
  };

const resolveAll: ResolveHost = async (host) => await lookup(host, { all: true });

/** Rejects the host if any of its addresses is private. */
function onlyPublic(found: HostAddresses): HostAddresses {
  if (found.length === 0 || !found.every(({ address }) => isPublic(address)))
    throw new AddressError(NOT_PUBLIC);
  return found;
}

const NOT_PUBLIC = 'it is not in the public network';

/** The host if it is an IP address and not a name. `URL` has normalised unusual spellings. */
function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : null;
}

/** Not loopback, private, link-local (where clouds keep their metadata), shared, multicast, reserved or translated. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // Only 2000::/3 of IPv6 is assigned (RFC 4291, 2.4); this also excludes `::127.0.0.1`.
  return parsed instanceof ipaddr.IPv6
    ? parsed.match(ipaddr.IPv6.parse('2000::'), 3)
    : !INSIDE_CLOUDS.includes(parsed.toString());
}

/** Azure's wire server: a public address that reaches internal services from every virtual machine. */
const INSIDE_CLOUDS: readonly string[] = ['168.63.129.16'];

/** Whether a result may be fetched there: http or https, and not endless. The guard checks where it leads. */
export function isFileAddress(url: string): boolean {
  if (url.length > LONGEST_URL) return false;
  const { protocol } = URL.parse(url) ?? { protocol: null };
  return protocol === 'https:' || protocol === 'http:';
}

/** Presigned addresses with session tokens have about 2,000 characters. */
const LONGEST_URL = 8192;
