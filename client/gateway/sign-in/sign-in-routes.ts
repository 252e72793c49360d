import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { IssuerUnavailableError } from '../../../adapters/issuers/bounded-fetch.ts';
import { countRefusals } from '../authenticate.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import type { RefusalLimits } from '../limits.ts';
import { ProblemError, type ProblemCode } from '../problem.ts';
import { recordRefusal, Refusal } from '../refusal.ts';
import type { SeenSecrets } from '../seen-secrets.ts';
import { originOf } from '../session/same-origin.ts';
import { setSession } from '../session/session-cookie.ts';
import { addressAtProvider, failed, whoSignedIn, type Provider } from './code-flow.ts';
import { beginFlow, endFlow } from './flow-cookie.ts';

/** Signing in to the page at a provider (OpenID Connect): what it is there for is a session, as a key gives one. */
export const signInRoutes =
  (context: GatewayContext, limits: RefusalLimits, seen: SeenSecrets) =>
  async (app: GatewayApp): Promise<void> => {
    const { services, env } = context;
    const asked = async ({ params }: { readonly params: unknown }): Promise<Provider> => {
      const { provider } = providerParameters.parse(params);
      const issuer = (await services.issuers()).named(provider);
      const signIn = issuer?.signIn ?? null;
      if (issuer !== null && signIn !== null) return { ...issuer, signIn };
      throw new ProblemError({
        code: 'provider_not_found',
        detail: 'nobody signs in there: GET /api/sign-in lists where one can',
      });
    };
    const redirectUri = (request: FastifyRequest, { name }: Provider): string =>
      `${originOf(request, env)}/api/sign-in/${name}/callback`;

    app.get('/sign-in', {
      config: { action: 'public' },
      schema: {
        operationId: 'listProviders',
        summary: 'Where people can sign in to the page, besides with a key',
        description:
          'A browser that goes to /api/sign-in/{name} is led to the provider, and back to the page with a session.',
        tags: ['session'],
        response: {
          200: z.object({ providers: z.array(z.object({ name: z.string(), label: z.string() })) }),
        },
      },
      handler: async () => {
        const { all } = await services.issuers();
        return {
          providers: all.flatMap(({ name, signIn }) =>
            signIn === null ? [] : [{ name, label: signIn.label }],
          ),
        };
      },
    });

    app.get('/sign-in/:provider', {
      exposeHeadRoute: false,
      config: { action: 'public', rateLimit: OF_ADDRESS },
      // For browsers that go there, and no operation of the API.
      schema: { hide: true, params: providerParameters },
      handler: async (request, reply) => {
        const provider = await asked(request);
        return await toPage(context, { request, reply }, async () => {
          const flow = beginFlow(reply, env, provider.name);
          return await addressAtProvider(provider, flow, redirectUri(request, provider));
        });
      },
    });

    app.get('/sign-in/:provider/callback', {
      exposeHeadRoute: false,
      config: { action: 'public', rateLimit: OF_ADDRESS },
      schema: { hide: true, params: providerParameters },
      handler: async (request, reply) => {
        const provider = await asked(request);
        const { name, signIn } = provider;
        return await toPage(context, { request, reply }, async () =>
          countRefusals(limits, request, async () => {
            const flow = endFlow(request, reply, env, name);
            if (flow === null) throw failed(name);
            const returned = new URL(redirectUri(request, provider));
            returned.search = new URL(request.url, returned).search;
            const identity = await whoSignedIn(provider, flow, { returned, log: request.log });
            const sessions = await services.identitySessions();
            const session = await sessions.begin(name, identity, signIn.sessionSeconds);
            seen.add(session.secret);
            void setSession(reply, env, session);
            return '/#/signed-in';
          }),
        );
      },
    });
  };

const providerParameters = z.object({ provider: z.string().max(32) });

/** Each may cost a question to the provider, whoever asks. */
const OF_ADDRESS = { max: 300, timeWindow: 60_000 };

/** Leads to an address, or to the page with what went wrong: a browser shows nobody a problem. */
async function toPage(
  context: GatewayContext,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  address: () => Promise<string>,
): Promise<FastifyReply> {
  const to = await address().catch(async (error: unknown) => {
    if (error instanceof Refusal) await recordRefusal(context, request, error);
    const code = codeOf(error);
    if (code === null) throw error;
    if (code === 'issuer_unavailable') request.log.error({ error }, 'a provider does not answer');
    return `/#/sign-in?problem=${code}`;
  });
  return await reply.redirect(to, 303);
}

/** Null: it is none that somebody who signs in can do anything about. */
function codeOf(error: unknown): ProblemCode | null {
  if (error instanceof IssuerUnavailableError) return 'issuer_unavailable';
  return error instanceof Refusal ? error.facts.code : null;
}
