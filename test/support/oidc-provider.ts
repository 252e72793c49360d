import { exportJWK, generateKeyPair } from 'jose';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/**
 * A real provider of OpenID Connect on the loopback, with its own pages for signing in: whoever names themselves `anna` is in
 * the group `staff`, and others are in none that counts.
 */
export async function openOidcProvider(client: {
  readonly clientId: string;
  readonly clientSecret: string;
}) {
  let answer: RequestListener = () => {};
  const server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    url,
    /** @param redirectUri where browsers come back to: the only address that is registered */
    start: async (redirectUri: string) => {
      const provider = new Provider(url, {
        clients: [
          {
            client_id: client.clientId,
            client_secret: client.clientSecret,
            redirect_uris: [redirectUri],
          },
        ],
        claims: { openid: ['sub'], profile: ['name', 'groups'] },
        // As many do: ID tokens have the claims of the scopes.
        conformIdTokenClaims: false,
        findAccount: (_, id) => ({
          accountId: id,
          claims: () => ({
            sub: id,
            name: `${id} of Acme`,
            groups: id === 'anna' ? ['staff'] : [],
          }),
        }),
        jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
        cookies: { keys: ['a key of the test'] },
        pkce: { required: () => true },
        ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      });
      const callback = provider.callback();
      answer = (request, response) => void callback(request, response);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
