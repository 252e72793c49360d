import cookie from '@fastify/cookie';
import { randomUUID } from 'node:crypto';
import { fastify, LogController, type FastifyBaseLogger, type RouteOptions } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { answerError, answerNoRequest, sendProblem } from './answer-errors.ts';
import { API_ROUTES } from './api-routes.ts';
import { authenticate } from './authenticate.ts';
import { addDocsPage } from './docs-page.ts';
import type { GatewayApp, GatewayContext, Principal } from './gateway-app.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';
import { addHandlerTimeout } from './handler-timeout.ts';
import { addHealthRoutes } from './health-routes.ts';
import { addRepeatedRequests } from './idempotency/repeat-requests.ts';
import { inferenceRoutes } from './inference/inference-routes.ts';
import { addLimits } from './limits.ts';
import { addOpenApi } from './open-api.ts';
import { addPage } from './page/page-files.ts';
import { POLICY } from './policy.ts';
import { ProblemError } from './problem.ts';
import { createReadiness } from './readiness.ts';
import { createSeenSecrets } from './seen-secrets.ts';
import { signInRoutes } from './sign-in/sign-in-routes.ts';
import { sessionRoutes } from './session/session-routes.ts';
import { addSignedRequests } from './signature/signed-requests.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { toProblem, unexpected } from './to-problem.ts';

interface GatewayOptions {
  readonly log: Logger;
  /** Of each key. */
  readonly requestsPerMinute: number;
  /** Addresses and networks whose `X-Forwarded-For` is believed. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** The folder of the page as `npm run build` makes it. Default: none. */
  readonly pageFolder?: string | null;
  /** What there is below `/api`. Default: everything. */
  readonly apiRoutes?: typeof API_ROUTES;
}

/** A route as it was registered. */
export type GatewayRoute = Pick<RouteOptions, 'method' | 'url' | 'config' | 'schema'>;

/**
 * A gateway that does not listen yet, and its routes. Throws when a route does not say which action it is.
 *
 * Whoever asks is known by the key, or the session or the issuer that stands for them, before a route sees anything of the request.
 */
export async function buildGateway(
  context: GatewayContext,
  {
    log,
    requestsPerMinute,
    trustedProxies = [],
    pageFolder = null,
    apiRoutes = API_ROUTES,
  }: GatewayOptions,
): Promise<{ readonly app: GatewayApp; readonly routes: readonly GatewayRoute[] }> {
  const loggerInstance: FastifyBaseLogger = log;
  const app: GatewayApp = fastify({
    loggerInstance,
    // Its lines have addresses, with ids and what is searched for.
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    // With none, the address is that of the connection, whatever a request says.
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: HANDLER_TIMEOUT_MS,
    clientErrorHandler: answerNoRequest,
    // An address that cannot be read reaches no hook.
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply, toProblem(error) ?? unexpected);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  takeJson(app);
  app.setErrorHandler(answerError(context));
  app.setNotFoundHandler(() => {
    throw new ProblemError({ code: 'route_not_found', detail: NO_SUCH_ROUTE });
  });
  app.decorateRequest('principal');
  app.decorateRequest('signed', null);
  const routes = collectRoutes(app);
  const metrics = createGatewayMetrics();
  observe(app, metrics);
  addSecurityHeaders(app);
  const limits = await addLimits(app, requestsPerMinute);
  await app.register(cookie);
  const seen = createSeenSecrets();
  app.addHook('onRequest', authenticate(context, limits, seen));
  addSignedRequests(app, context, limits);
  addRepeatedRequests(app, context);
  addHandlerTimeout(app);
  await addOpenApi(app);
  await addDocsPage(app);
  const shown = {
    ...metrics,
    text: async () => {
      const { layer } = await context.services.inference();
      return `${await metrics.text()}\n${await layer.metrics.text()}`;
    },
  };
  addHealthRoutes(app, createReadiness(context, log), shown);
  await app.register(sessionRoutes(context, limits, seen), { prefix: '/api' });
  await app.register(signInRoutes(context, limits, seen), { prefix: '/api' });
  for (const routesOf of apiRoutes) await app.register(routesOf(context), { prefix: '/api' });
  await app.register(inferenceRoutes(context), { prefix: '/v1' });
  await addPage(app, pageFolder, context.env);
  await app.ready();
  return { app, routes };
}

/** A client that always names JSON as its type may send a request without a body. */
function takeJson(app: GatewayApp): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, String(body), done);
  });
}

/** Of JSON; routes that take files say their own. */
const BODY_LIMIT_BYTES = 1_048_576;
/** Until a request is there as a whole: a recording of 100 MB comes over a line of 1.4 Mbit/s. */
const REQUEST_TIMEOUT_MS = 600_000;
/** Until a route has answered, also while a body comes; those that wait for long say their own. */
const HANDLER_TIMEOUT_MS = 60_000;

const NO_SUCH_ROUTE = 'there is no such route: /docs shows those that there are';

/** Fills up while routes are registered. Nothing starts as long as one of them has no action. */
function collectRoutes(app: GatewayApp): readonly GatewayRoute[] {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.addHook('onReady', async () => {
    const nameless = routes.filter(({ config }) => !isAction(config?.action));
    if (nameless.length === 0) return;
    const names = nameless.map(({ method, url }) => `${String(method)} ${url}`).join(', ');
    throw new Error(`routes without an action of client/gateway/policy.ts in config: ${names}`);
  });
  return routes;
}

const isAction = (action: string | undefined): boolean =>
  action === 'public' || (action !== undefined && Object.hasOwn(POLICY, action));

/** Writes a line in the log and a figure in the metrics for every answer, with the pattern of its route. */
function observe(app: GatewayApp, metrics: ReturnType<typeof createGatewayMetrics>): void {
  app.addHook('onResponse', async (request, { statusCode: status, elapsedTime }) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? null;
    metrics.observe(method, route, status, elapsedTime);
    const { principal }: { readonly principal: Principal | null } = request;
    const milliseconds = Math.round(elapsedTime);
    request.log.info({ method, route, status, milliseconds, key: principal?.keyId }, 'answered');
  });
}
