import type { KeyKeeper } from '../back-end.ts';
import { parseTenant } from '../config.ts';
import type { Direct } from './direct.ts';

/** Keeps the keys in the database, which needs no key. */
export const directKeys = ({ env, services }: Direct): KeyKeeper => ({
  createKey: async (typed) => {
    const tenant = parseTenant(env, typed.tenant);
    const { createKey } = await import('../keys/manage-keys.ts');
    return { tenant, made: await createKey(services.apiKeys, tenant, typed) };
  },
  listKeys: async (wanted) => {
    const tenant = parseTenant(env, wanted.tenant);
    const { keyView } = await import('../keys/manage-keys.ts');
    const rows = await (await services.apiKeys()).list(tenant);
    return rows.map((row) => keyView(row));
  },
  revokeKey: async ({ tenant, id }) => {
    const parsed = parseTenant(env, tenant);
    const { revokeKey } = await import('../keys/manage-keys.ts');
    return await revokeKey(services.apiKeys, parsed, id);
  },
  rotateSignature: async ({ tenant, id, ...typed }) => {
    const parsed = parseTenant(env, tenant);
    const { rotateSignature } = await import('../keys/sign-with-key.ts');
    return await rotateSignature(services.signingKeys, parsed, id, typed);
  },
  setSignature: async ({ tenant, id, policy }) => {
    const parsed = parseTenant(env, tenant);
    const { setSignaturePolicy } = await import('../keys/sign-with-key.ts');
    return await setSignaturePolicy(services.signingKeys, parsed, id, policy);
  },
});
