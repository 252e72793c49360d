import swagger from '@fastify/swagger';
import Fastify, { type FastifyError } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { createServiceConnections } from '../../../../client/service-connections.ts';
import type { GatewayApp } from '../../../../client/gateway/gateway-app.ts';
import type { Patience } from '../../../../client/gateway/jobs/answer-change.ts';
import { jobRoutes } from '../../../../client/gateway/jobs/job-routes.ts';
import { testStack } from '../../../support/stack.ts';

/**
 * The routes of jobs on the run's servers, behind no key: who asks says its tenant in a header, which the gateway itself
 * never believes. Errors are answered by their names.
 */
export async function openGateway(
  env: Readonly<Record<string, string>> = testStack().env,
  { patience, ...options }: { readonly handlerTimeout?: number; readonly patience?: Patience } = {},
) {
  const services = createServiceConnections(env);
  const app = Fastify({ forceCloseConnections: true, ...options }) as unknown as GatewayApp;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'jobs', version: '1' } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  const routes: { readonly url: string; readonly method: 'GET' | 'POST' }[] = [];
  app.addHook('onRoute', ({ url, method, config }) => {
    if (method === 'HEAD') return;
    if (config?.action === undefined) throw new Error(`${url} says not what it does`);
    routes.push({ url, method: method === 'POST' ? 'POST' : 'GET' });
  });
  app.addHook('preHandler', (request, _, done) => {
    const tenant = String(request.headers['x-test-tenant']);
    request.principal = {
      tenant,
      role: 'admin',
      keyId: 'k1',
      name: 'bench',
      expiresAt: null,
      issuer: null,
      sessionId: null,
    };
    done();
  });
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const status = error.statusCode ?? (error.name.startsWith('ZodError') ? 400 : 422);
    return reply.code(status).send({ name: error.name, message: error.message });
  });
  await app.register(jobRoutes({ env, services }, patience), { prefix: '/api' });
  return {
    app,
    /** Every route that there is. */
    routes,
    services,
    /** A request of a tenant, and the JSON that is answered. */
    ask: async (
      tenant: string,
      url: string,
      options: {
        method?: 'GET' | 'POST';
        payload?: string | Buffer | object;
        headers?: Record<string, string>;
      } = {},
    ) => {
      const { headers, ...rest } = options;
      const response = await app.inject({
        url: `/api${url}`,
        headers: { 'x-test-tenant': tenant, ...headers },
        ...rest,
      });
      const isJson = String(response.headers['content-type']).includes('json');
      return {
        status: response.statusCode,
        headers: response.headers,
        body: isJson ? (response.json() as unknown) : null,
        bytes: response.rawPayload,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await services.close();
    },
  };
}
