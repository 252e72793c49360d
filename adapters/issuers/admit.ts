import { createHash } from 'node:crypto';
import type { Role } from '../../workflows/contracts/tenant-roles.ts';
import type { ClaimPath, Issuer } from './resolve-issuer.ts';

/** Claims that an issuer vouches for. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Somebody that an issuer vouches for, and what the configuration makes of it. */
export interface Identity {
  /** `identity:{issuer}:{20 hex digits}`: the same for the tokens and the sessions of one subject. */
  readonly id: string;
  readonly tenant: string;
  readonly role: Role;
  /** For people; 1 to 100 characters on one line. */
  readonly name: string;
}

export type Admission =
  | { readonly admitted: Identity }
  /** The tenant is null where none is mapped, or more than one. */
  | { readonly refused: string; readonly id: string; readonly tenant: string | null };

/** Whom the tables of an issuer let in, as whom. Nothing else than a mapped claim gives a tenant or a role. */
export function admit(issuer: Issuer, claims: Claims): Admission {
  const id = identityId(issuer, claims.sub);
  const tenants = tenantsOf(issuer, claims);
  const [tenant = null] = tenants;
  if (tenant === null || tenants.length > 1) {
    const many = tenant === null ? 'no tenant' : 'more than one tenant';
    return {
      refused: `${issuer.name} vouches for you, and its claims give you ${many} here${ASK}`,
      id,
      tenant: null,
    };
  }
  const values = new Set(valuesAt(issuer.roles.claim, claims));
  const mapped = [...issuer.roles.map].find(([value]) => values.has(value));
  if (mapped === undefined) {
    return {
      refused: `${issuer.name} vouches for you, and its claims give you no role here${ASK}`,
      id,
      tenant,
    };
  }
  return { admitted: { id, tenant, role: mapped[1], name: nameOf(claims) ?? id } };
}

const ASK = ': ask whoever runs this Hansard to map one of your groups';

/** Whether an issuer may still stand for a tenant. */
export const speaksFor = ({ tenant }: Issuer, name: string): boolean =>
  typeof tenant === 'string' ? tenant === name : [...tenant.map.values()].includes(name);

/** The subject itself may be an address of mail: it stays out of ids, records and logs. */
const identityId = ({ name, issuer }: Issuer, subject: string): string => {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
  return `identity:${name}:${digest.slice(0, 20)}`;
};

function tenantsOf({ tenant }: Issuer, claims: Claims): readonly string[] {
  if (typeof tenant === 'string') return [tenant];
  const mapped = valuesAt(tenant.claim, claims).flatMap((value) => tenant.map.get(value) ?? []);
  return [...new Set(mapped)];
}

/** Texts only: a claim that says something else says nothing. */
function valuesAt(path: ClaimPath, claims: Claims): readonly string[] {
  const found = path.reduce<unknown>(
    (inside, name) => (isObject(inside) && Object.hasOwn(inside, name) ? inside[name] : undefined),
    claims,
  );
  return [found].flat().filter((value) => typeof value === 'string');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As OpenID Connect has them, and for programs their client (RFC 9068). */
const NAMES = ['name', 'preferred_username', 'email', 'client_id', 'azp'] as const;

function nameOf(claims: Claims): string | null {
  for (const claim of NAMES) {
    const [value = ''] = valuesAt([claim], claims);
    const line = value.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').trim();
    // Not in the middle of a character.
    const name = line
      .slice(0, 100)
      .replace(/[\ud800-\udbff]$/, '')
      .trim();
    if (name !== '') return name;
  }
  return null;
}
