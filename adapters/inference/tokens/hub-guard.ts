import { AddressError, guardAddress } from '../address-guard.ts';

/** For where the hub sends us on to: public addresses only, unless the hub that is configured is a private one itself. */
export function createHubGuard(hubUrl: string): (url: URL) => Promise<void> {
  let isPrivate: Promise<boolean> | null = null;
  return async (url) => {
    isPrivate ??= refuses(new URL(hubUrl));
    await guardAddress(url, { allowPrivate: await isPrivate });
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
