import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { GatewayApp } from './gateway-app.ts';
import { problemsOf } from './open-api-problems.ts';
import { OF_OPERATOR_TENANT, POLICY } from './policy.ts';

/** `/openapi.json`: the routes that are registered after this one, from their schemas. */
export async function addOpenApi(app: GatewayApp): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hansard',
        version: packageJson.version,
        description: packageJson.description,
        license: { name: packageJson.license, identifier: packageJson.license },
      },
      servers: [{ url: '/' }],
      security: [{ key: [] }, { signature: [] }],
      tags: [
        {
          name: 'jobs',
          description: 'Minutes in the making, what is known of them, and their files',
        },
        { name: 'library', description: 'Looking for words in all minutes' },
        { name: 'targets', description: 'The models that jobs call' },
        { name: 'templates', description: 'What minutes can contain' },
        { name: 'schedules', description: 'What keeps models warm' },
        { name: 'queues', description: 'What waits for workers, and who takes it' },
        { name: 'refusals', description: 'What the gateway refused' },
        { name: 'uploads', description: 'Files that come in parts' },
        { name: 'session', description: 'Signing in to the page' },
        { name: 'webhooks', description: 'Where a tenant hears of its jobs' },
        { name: 'keys', description: 'Keys of the tenant' },
        { name: 'inference', description: 'Models, as clients of OpenAI ask them' },
        { name: 'operation', description: 'For those who run Hansard' },
      ],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key that `hansard keys` made, or a JWT of an issuer in `hansard.yaml`.',
          },
          // OpenAPI has no type for signatures.
          signature: {
            type: 'apiKey',
            in: 'header',
            name: 'Signature',
            description: SIGNED,
          },
        },
      },
    },
    transform: (given) => {
      const { route, url: pattern } = given;
      const action = route.config?.action;
      const isPublic = action === undefined || action === 'public';
      const method = String(route.method);
      const response = {
        ...problemsOf({ url: pattern, isPublic, method }),
        ...described(given.schema.response),
      };
      const headers =
        method === 'POST' && pattern.startsWith('/api/') && !isPublic
          ? { headers: REPEATABLE }
          : {};
      const { schema, url } = jsonSchemaTransform({
        ...given,
        schema: { ...given.schema, ...headers, response },
      });
      if (schema.hide === true) return { schema, url };
      const who = isPublic
        ? { security: [] }
        : {
            security: [{ key: [] }, { signature: [] }],
            'x-action': action,
            'x-roles': POLICY[action],
            ...(OF_OPERATOR_TENANT.has(action) && { 'x-operator-tenant': true }),
          };
      return { schema: { ...schema, ...who }, url };
    },
    transformObject: (given) => {
      const document = jsonSchemaTransformObject(given);
      const { schemas = {} } = ('components' in document && document.components) || {};
      // Each is there twice, as it is sent and as it is answered, and only what is named is wanted.
      while (removeUnnamed(document, schemas));
      return document;
    },
  });
  let document: string | undefined;
  app.get('/openapi.json', {
    config: { action: 'public' },
    schema: { hide: true },
    handler: async (_, reply) =>
      reply.type('application/json').send((document ??= JSON.stringify(app.swagger()))),
  });
}

const SIGNED =
  'An HTTP Message Signature (RFC 9421) in place of the key, by ed25519 or hmac-sha256, with the header Signature-Input. It covers @method, @target-uri (or @authority with @path and @query) and, with a body, content-digest (RFC 9530) and content-type. Its parameters are created, expires (at most 300 s later), nonce (used once), keyid (the id of the key) and tag="hansard".';

/** Of every request that a client may repeat. */
const REPEATABLE = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'A name for this request, such as a UUID. Sent again within a day, the same request is answered as before, with idempotency-replayed: true, and nothing is done twice',
    )
    .meta({ example: '8e03978e-40d5-43dd-bc93-6894a57f9324' }),
});

/** Whether something was removed: what only that named is unnamed by now. */
function removeUnnamed(document: object, schemas: object): boolean {
  const text = JSON.stringify(document);
  const unnamed = Object.keys(schemas).filter(
    (name) => !text.includes(`"#/components/schemas/${name}"`),
  );
  for (const name of unnamed) Reflect.deleteProperty(schemas, name);
  return unnamed.length > 0;
}

/** Answers with what their status means, where the route says nothing of it. */
const described = (response: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(response ?? {}).map(([status, schema]: [string, unknown]) => [
      status,
      schema instanceof z.ZodType && schema.description === undefined
        ? {
            description: MEANINGS[status] ?? 'The answer',
            content: { 'application/json': { schema } },
          }
        : schema,
    ]),
  );

const MEANINGS: Readonly<Record<string, string>> = {
  200: 'What was asked for',
  201: 'What was made',
  202: 'What was begun, and goes on',
  503: 'What cannot be used',
};
