import { z } from 'zod';
import type { IdentifiedKey } from '../../../adapters/database/api-keys.ts';
import { parseOperatorTenant } from '../../config.ts';
import { countRefusals } from '../authenticate.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import type { RefusalLimits } from '../limits.ts';
import { problemAnswers } from '../open-api-problems.ts';
import { actionsOf, ROLES } from '../policy.ts';
import { refuseKey, usableKey } from '../presented-key.ts';
import type { SeenSecrets } from '../seen-secrets.ts';
import { providerOf } from '../sign-in/provider-of.ts';
import { requireSameOrigin } from './same-origin.ts';
import { clearSession, setSession } from './session-cookie.ts';

/** Signing in and out of the page. */
export const sessionRoutes =
  ({ services, env }: GatewayContext, limits: RefusalLimits, seen: SeenSecrets) =>
  async (app: GatewayApp): Promise<void> => {
    const operatorTenant = parseOperatorTenant(env);
    app.post('/session', {
      config: { action: 'public' },
      schema: {
        operationId: 'signIn',
        summary: 'Begin a session of a browser with a key, or with a link for signing in once',
        description: 'The answer sets a cookie that works below /api as the key does.',
        tags: ['session'],
        body: z.union([
          z.strictObject({ key: sentSchema.describe('A key') }),
          z.strictObject({ link: sentSchema.describe('What the link has behind link=') }),
        ]),
        response: {
          204: z.undefined().describe('The session has begun'),
          ...problemAnswers([401, 403, 429]),
        },
      },
      handler: async (request, reply) => {
        const { body } = request;
        return await countRefusals(limits, request, async () => {
          requireSameOrigin(request, env, null);
          const { row } = usableKey(
            'key' in body
              ? await (await services.apiKeys()).identify(body.key)
              : await keyOfLink(services, body.link),
          );
          const session = await (await services.sessions()).begin(row.id, SESSION_SECONDS);
          // Behind a proxy all have one address: keys that somebody else guesses must not lock out who just signed in.
          seen.add(session.secret);
          return await setSession(reply, env, session).code(204).send();
        });
      },
    });

    app.get('/session', {
      config: { action: 'session:own' },
      schema: {
        operationId: 'readSession',
        summary: 'Who is signed in, and what they may do',
        description:
          'Takes a key as well as a session: the page asks this to show only what its reader may do.',
        tags: ['session'],
        response: {
          200: z.object({
            tenant: z.string(),
            role: z.enum(ROLES),
            name: z.string().describe('Of the key, or of whom an issuer vouches for'),
            person: z
              .string()
              .nullable()
              .describe('Id of whom an issuer vouches for, the same each time; null: it is a key'),
            actions: z.array(z.string()).describe('What the role may do in this tenant'),
            expires: z.iso.datetime().nullable().describe('null: never, of a key'),
            provider: z
              .object({
                label: z.string(),
                signOut: z
                  .url()
                  .nullable()
                  .describe('Where one signs out there, too; null: nowhere'),
              })
              .nullable()
              .describe('Where they signed in; null: here, with a key'),
          }),
        },
      },
      handler: async ({ principal }) => {
        const { tenant, role, name, issuer, keyId, expiresAt } = principal;
        return {
          tenant,
          role,
          name,
          person: issuer === null ? null : keyId,
          actions: actionsOf({ role, tenant }, operatorTenant),
          expires: expiresAt?.toISOString() ?? null,
          provider: await providerOf(services, principal),
        };
      },
    });

    app.delete('/session', {
      config: { action: 'session:own' },
      schema: {
        operationId: 'signOut',
        summary: 'End the session at once',
        description:
          'Whoever has a copy of the cookie gets no further with it. A key that is sent instead stays as it is.',
        tags: ['session'],
        response: { 204: z.undefined().describe('There is no session any more') },
      },
      handler: async ({ principal: { sessionId, issuer } }, reply) => {
        const sessions = issuer === null ? services.sessions : services.identitySessions;
        if (sessionId !== null) await (await sessions()).end(sessionId);
        return await clearSession(reply, env).code(204).send();
      },
    });
  };

/** A working day: then one signs in again. */
const SESSION_SECONDS = 12 * 3_600;

const sentSchema = z.string().min(1).max(200);

/** Throws a `Refusal` for a link that is of no use. */
async function keyOfLink(
  { sessions }: GatewayContext['services'],
  link: string,
): Promise<IdentifiedKey> {
  const found = await (await sessions()).redeem(link);
  if (found !== null && found.state !== 'wrong') return found;
  const by = found && { keyId: found.row.id, tenant: found.row.tenant };
  throw refuseKey(
    'link_invalid',
    'this link was used, or its time is over: ask for another one, or sign in with a key',
    by,
  );
}
