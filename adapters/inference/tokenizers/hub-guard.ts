import { AddressError, guardAddress, guardUrl } from '../wire/address-guard.ts';
import type { Exchange } from '../wire/exchange.ts';

/**
 * Gives the exchange by which an address that the hub names may be fetched: public ones by `guarded`, which connects to
 * no others whatever a name server says meanwhile; any at all by `exchange`, where the hub that is configured is a
 * private one itself. Rejects with `AddressError`.
 */
export function createHubGuard({
  hubUrl,
  exchange,
  guarded,
}: {
  readonly hubUrl: string;
  readonly exchange: Exchange;
  readonly guarded: Exchange;
}): (url: URL) => Promise<Exchange> {
  let isPrivate: Promise<boolean> | null = null;
  return async (url) => {
    isPrivate ??= refuses(new URL(hubUrl));
    const allowPrivate = await isPrivate;
    guardUrl(url, { allowPrivate });
    return allowPrivate ? exchange : guarded;
  };
}

async function refuses(hub: URL): Promise<boolean> {
  try {
    await guardAddress(hub, { allowPrivate: false });
    return false;
  } catch (error) {
    // A name server that is away says nothing: the strict rule holds then.
    return error instanceof AddressError;
  }
}
