import { isSecretId } from '../../adapters/identity/secret.ts';
import type { Sessions } from '../../adapters/database/sessions.ts';
import { parseGatewayConfig, type Environment } from '../config.ts';
import { KeyNotFoundError } from './manage-keys.ts';

export interface SignInLink {
  /** What a link carries stands behind `#`: browsers send it to nobody, so that it reaches no log. */
  readonly url: string;
  readonly expiresAt: string;
}

/** A link that signs a browser in once, in place of a key. Throws `KeyNotFoundError` where the tenant has no such live key. */
export async function signInLink(
  open: () => Promise<Sessions>,
  env: Environment,
  { tenant, keyId }: { readonly tenant: string; readonly keyId: string },
): Promise<SignInLink> {
  const { origin, port } = parseGatewayConfig(env);
  const issued = isSecretId(keyId) ? await (await open()).link(tenant, keyId, LINK_SECONDS) : null;
  if (issued === null) throw new KeyNotFoundError(tenant, keyId);
  const page = origin ?? `http://127.0.0.1:${port}`;
  return {
    url: `${page}/#/sign-in?link=${issued.secret}`,
    expiresAt: issued.expiresAt.toISOString(),
  };
}

const LINK_SECONDS = 600;
