import {
  LIVE_KEYS_OF_A_NAME,
  type ApiKeyRow,
  type ApiKeys,
} from '../../adapters/database/api-keys.ts';
import { parseKey, type TypedKey } from './typed-key.ts';

/**
 * Makes a key of the tenant; the answer is the only place where it can be read. Throws `InvalidOptionError` and
 * `TooManyKeysError`.
 */
export async function createKey(
  open: () => Promise<ApiKeys>,
  tenant: string,
  typed: TypedKey,
): Promise<MadeKey> {
  const { signingSecret, ...wanted } = parseKey(typed);
  const made = await (await open()).create({ tenant, ...wanted });
  if (made === null) throw new TooManyKeysError(tenant);
  return { ...keyView(made.row), key: made.key, ...(signingSecret !== null && { signingSecret }) };
}

/** `signingSecret`: where requests are signed by HMAC. */
export type MadeKey = KeyView & {
  readonly key: string;
  readonly signingSecret?: string | undefined;
};

/** Ends a key at once, and for ever. Throws `KeyNotFoundError`. */
export async function revokeKey(
  open: () => Promise<ApiKeys>,
  tenant: string,
  id: string,
): Promise<KeyView> {
  const row = await (await open()).revoke(tenant, id);
  if (row === null) throw new KeyNotFoundError(tenant, id);
  return keyView(row);
}

export type KeyView = ReturnType<typeof keyView>;

/** What the commands and the gateway show of a key. */
export const keyView = (row: ApiKeyRow) => ({
  id: row.id,
  name: row.name,
  role: row.role,
  state: row.state,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  /** To the minute. */
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
  /** Whether requests are signed. */
  signature: row.signature,
});

class TooManyKeysError extends Error {
  override readonly name = 'TooManyKeysError';

  constructor(tenant: string) {
    super(
      `tenant ${tenant} has ${LIVE_KEYS_OF_A_NAME} live keys of this name, which is the most: revoke one of them first, or choose another name`,
    );
  }
}

/** Nor one that is live, where only such a key is of use. */
export class KeyNotFoundError extends Error {
  override readonly name = 'KeyNotFoundError';

  constructor(tenant: string, id: string) {
    super(
      `tenant ${tenant} has no such key ${JSON.stringify(id)}, or it has ended: look at the list of its keys`,
    );
  }
}
