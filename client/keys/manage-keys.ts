import {
  LIVE_KEYS_OF_A_NAME,
  type ApiKeyRow,
  type ApiKeys,
} from '../../adapters/database/api-keys.ts';
import { shortTextSchema } from '../../workflows/contracts/short-text.ts';
import { InvalidOptionError } from '../config.ts';
import { isRole, ROLES } from '../gateway/policy.ts';
import { parseDuration } from '../duration.ts';

/** As somebody typed it. */
interface TypedKey {
  readonly name: string;
  readonly role: string;
  /** Such as `90d`; absent: the key does not expire. */
  readonly expires?: string | undefined;
}

/**
 * Makes a key of the tenant; the answer is the only place where it can be read. Throws `InvalidOptionError` and
 * `TooManyKeysError`.
 */
export async function createKey(
  open: () => Promise<ApiKeys>,
  tenant: string,
  typed: TypedKey,
): Promise<KeyView & { readonly key: string }> {
  const wanted = {
    tenant,
    name: parseName(typed.name),
    role: parseRole(typed.role),
    expiresInSeconds: typed.expires === undefined ? null : parseLifetime(typed.expires),
  };
  const made = await (await open()).create(wanted);
  if (made === null) throw new TooManyKeysError(tenant);
  return { ...keyView(made.row), key: made.key };
}

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
});

function parseName(typed: string): string {
  const name = shortTextSchema.safeParse(typed.normalize('NFC').trim());
  if (name.success) return name.data;
  throw new InvalidOptionError('the name of a key takes 1 to 100 characters, on one line');
}

function parseRole(typed: string): string {
  if (isRole(typed)) return typed;
  throw new InvalidOptionError(`the role of a key is one of ${ROLES.join(', ')}`);
}

function parseLifetime(typed: string): number {
  const seconds = parseDuration(typed);
  if (seconds !== null && seconds <= LONGEST_SECONDS) return seconds;
  throw new InvalidOptionError(
    'the time until a key expires is in minutes, hours or days, of 3650 days at most: 30m, 12h, 90d',
  );
}

const LONGEST_SECONDS = 3_650 * 86_400;

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
