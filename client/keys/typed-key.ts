import { shortTextSchema } from '../../workflows/contracts/short-text.ts';
import { InvalidOptionError } from '../config.ts';
import { parseDuration } from '../duration.ts';
import { isRole, ROLES, type Role } from '../gateway/policy.ts';
import { parseSigning, type TypedSigning } from './typed-signing.ts';

/** A key as somebody typed it. */
export interface TypedKey {
  readonly name: string;
  readonly role: string;
  /** Such as `90d`; absent: the key does not expire. */
  readonly expires?: string | undefined;
  /** Absent: requests of the key are not signed. `required`: none is taken without a signature. */
  readonly signature?: (TypedSigning & { readonly required?: boolean | undefined }) | undefined;
}

/** Throws `InvalidOptionError`. */
export const parseKey = (typed: TypedKey) => ({
  name: parseName(typed.name),
  role: parseRole(typed.role),
  expiresInSeconds: typed.expires === undefined ? null : parseLifetime(typed.expires),
  ...parseSignature(typed.signature),
});

function parseSignature(typed: TypedKey['signature']) {
  if (typed === undefined) return { signingSecret: null };
  const { verifying, secret } = parseSigning(typed);
  const policy = typed.required === false ? ('optional' as const) : ('required' as const);
  return { signing: { policy, verifying }, signingSecret: secret };
}

function parseName(typed: string): string {
  const name = shortTextSchema.safeParse(typed.normalize('NFC').trim());
  if (name.success) return name.data;
  throw new InvalidOptionError('the name of a key takes 1 to 100 characters, on one line');
}

function parseRole(typed: string): Role {
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
