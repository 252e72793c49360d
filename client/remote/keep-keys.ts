import type { KeyKeeper } from '../back-end.ts';
import { keysSchema, madeKeySchema } from '../gateway/key-schemas.ts';
import type { GatewayClient } from './gateway-client.ts';
import { NoGatewayError } from './gateway-errors.ts';

/** Keeps the keys of the tenant whose key it is, by the routes of a gateway. */
export function remoteKeys(client: GatewayClient): KeyKeeper {
  const list = async () => (await client.ask(keysSchema, '/keys')).keys;
  return {
    createKey: async ({ name, role, expires }) => {
      const { parseKey } = await import('../keys/typed-key.ts');
      const json = { ...parseKey({ name, role, expires }), expires, expiresInSeconds: undefined };
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
  };
}
