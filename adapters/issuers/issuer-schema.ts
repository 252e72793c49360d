import { z } from 'zod';
import { TENANT_PATTERN } from '../../workflows/contracts/names.ts';
import { ROLES } from '../../workflows/contracts/tenant-roles.ts';
import { strictFields as strict } from '../settings/describe-issue.ts';

/** Bounds the text as written: it may hold variables. */
const text = (longest: number): z.ZodString => z.string().trim().min(1).max(longest);

const variable = z
  .string()
  .regex(
    /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/,
    'must name a variable, like ${SIGN_IN_SECRET}, and not hold the secret itself',
  )
  .transform((reference) => reference.slice(2, -1));

const tenant = z
  .string()
  .regex(TENANT_PATTERN, 'must be a tenant: 1 to 32 of a-z, 0-9 and -, no - at the beginning');

const claim = z
  .union([text(200), z.array(text(200)).min(1).max(5)], {
    error: 'must be the name of a claim, or a list of names that lead to one inside others',
  })
  .transform((written) => [written].flat())
  .describe('The name of a claim, or the names on the way to one: [realm_access, roles]');

/** What a claim may say, and what that means; in the order of the file. */
const table = <Meaning extends z.ZodType<string>>(meaning: Meaning) =>
  z
    .record(text(200), meaning)
    .refine((written) => Object.keys(written).length > 0, 'must have an entry')
    .refine((written) => Object.keys(written).length <= 1_000, 'must have 1000 entries at most')
    .transform(
      (written): ReadonlyMap<string, z.output<Meaning>> => new Map(Object.entries(written)),
    );

/** Of keys that sign what everybody can verify; one that takes a secret is never among them. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const tokens = strict({
  audience: z
    .union([text(500), z.array(text(500)).min(1).max(10)], {
      error: 'must be a text, or a list of texts',
    })
    .transform((written) => [written].flat())
    .describe('Whom a token must be for (aud): one of these'),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .max(ALGORITHMS.length)
    .describe(
      'Which signatures are taken; default: RS256, PS256, ES256, EdDSA, Ed25519. Not beside a secret, which means HS256',
    )
    .optional(),
  jwksUrl: text(2048)
    .describe('Where the public keys are; default: where the discovery of the issuer says')
    .optional(),
  secret: variable
    .describe(
      'The variable that holds a secret shared with the issuer, of 32 bytes or more (HS256)',
    )
    .optional(),
  secretFile: text(1000).describe('The path of a file with that secret').optional(),
  type: text(100).describe('What typ in the header must be, such as at+jwt (RFC 9068)').optional(),
  requiredClaims: z
    .array(text(200))
    .max(20)
    .default([])
    .describe('Claims that a token must have, besides iss, sub, aud and exp'),
  longestSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(86_400)
    .describe('A token that ends later than this is refused: nobody can take one back'),
});

const signIn = strict({
  label: text(60).describe('What the page calls the provider: Sign in with …'),
  clientId: text(500).describe('As the provider registered Hansard'),
  clientSecret: variable
    .describe(
      'The variable that holds the secret of the client; none: a public client, by PKCE alone',
    )
    .optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be a scope'))
    .max(20)
    .default(['openid', 'profile', 'email'])
    .refine((scopes) => scopes.includes('openid'), 'must have openid'),
  userInfo: z
    .boolean()
    .default(false)
    .describe(
      'Also read the claims at the userinfo endpoint: for providers whose ID tokens have few',
    ),
  sessionHours: z
    .number()
    .min(0.25)
    .max(24)
    .default(12)
    .describe('After that, one signs in again: until then, a role stays as it was at the sign-in'),
});

/** Who vouches for people and programs: an entry of `issuers` in `hansard.yaml`. */
const issuerEntry = strict({
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,31}$/,
      'must be 1 to 32 of a-z, 0-9 and -, beginning with a letter or digit',
    )
    .describe('In ids of people, records and the address of the sign-in: it stays as it is'),
  issuer: text(2048).describe('As tokens have it (iss), exactly; discovery is below it'),
  tenant: z
    .union([tenant, strict({ claim, map: table(tenant) })], {
      error: 'must be a tenant, or a claim with a map of its values to tenants',
    })
    .describe('For which tenant it speaks: always the same one, or as a claim says'),
  roles: strict({ claim, map: table(z.enum(ROLES)) }).describe(
    'Which claim says the role. Of several values, the first one in the map counts; without any, nobody is let in',
  ),
  clockToleranceSeconds: z
    .int()
    .min(0)
    .max(300)
    .default(30)
    .describe('How far the clocks of the issuer and the gateway may differ'),
  tokens: tokens.describe('Its tokens (JWT) are taken as Authorization: Bearer').optional(),
  signIn: signIn.describe('People sign in to the page there (OpenID Connect)').optional(),
});
export type IssuerEntry = z.infer<typeof issuerEntry>;

export const issuersSchema = z.array(issuerEntry).max(20);
