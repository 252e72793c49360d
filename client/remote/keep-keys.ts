import type { KeyKeeper } from '../back-end.ts';
import { keySchema, keysSchema, madeKeySchema, rotatedSchema } from '../gateway/key-schemas.ts';
import type { GatewayClient } from './gateway-client.ts';
import { NoGatewayError } from './gateway-errors.ts';

/** Keeps the keys of the tenant whose key it is, by the routes of a gateway. */
export function remoteKeys(client: GatewayClient): KeyKeeper {
  const list = async () => (await client.ask(keysSchema, '/keys')).keys;
  return {
    createKey: async ({ name, role, expires, signature }) => {
      const { parseKey } = await import('../keys/typed-key.ts');
      const parsed = parseKey({ name, role, expires, signature });
      const json = { name: parsed.name, role: parsed.role, expires, signature };
      const asked = { method: 'POST', json } as const;
      const { tenant, ...made } = await client.ask(madeKeySchema, '/keys', asked);
      return { tenant, made };
    },
    listKeys: list,
    revokeKey: async ({ id }) => {
      const response = await client.open(`/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
      await response.body?.cancel();
      const revoked = (await list()).find((key) => key.id === id);
      if (revoked !== undefined) return revoked;
      throw new NoGatewayError(client.place, 'a revoked key that is not listed');
    },
    rotateSignature: async ({ id, algorithm, publicKey, keep }) => {
      const { parseKeep, parseSigning } = await import('../keys/typed-signing.ts');
      parseKeep(keep);
      parseSigning({ algorithm, publicKey });
      return await client.ask(rotatedSchema, `/keys/${encodeURIComponent(id)}/rotate-signature`, {
        method: 'POST',
        json: { algorithm, publicKey, keep },
      });
    },
    setSignature: async ({ id, policy }) =>
      await client.ask(keySchema, `/keys/${encodeURIComponent(id)}`, {
        method: 'PATCH',
        json: { signature: policy },
      }),
  };
}
