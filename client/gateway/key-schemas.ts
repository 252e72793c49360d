import { z } from 'zod';

/** What the routes of keys answer. */

const timeSchema = z.iso.datetime();

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  state: z.enum(['live', 'expired', 'revoked']),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable().describe('To the minute.'),
  revokedAt: timeSchema.nullable(),
  signature: z
    .enum(['none', 'optional', 'required'])
    .describe('Whether requests of the key can be, may be or must be signed.'),
});

export const keysSchema = z.object({ keys: z.array(keySchema) });

const signingSecretSchema = z
  .string()
  .describe('Of hmac-sha256: base64 of the secret that signs. It can be read here only.');

export const madeKeySchema = keySchema.extend({
  key: z.string(),
  tenant: z.string(),
  signingSecret: signingSecretSchema.optional(),
});

/** How requests of a key are signed, as clients send it. */
export const signingSchema = z.strictObject({
  algorithm: z.enum(['ed25519', 'hmac-sha256']),
  publicKey: z
    .string()
    .max(1_000)
    .optional()
    .describe('Of ed25519, as PEM. The private key stays with whoever signs.'),
});

export const rotatedSchema = z.object({
  key: keySchema,
  signingSecret: signingSecretSchema.nullable(),
  previousEndsAt: timeSchema
    .nullable()
    .describe('When the signing key before ends. Null: there was none.'),
});
