import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { GatewayApp } from './gateway-app.ts';
import { POLICY } from './policy.ts';
import { PROBLEM_TYPE, problemSchema } from './problem.ts';

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
      security: [{ key: [] }],
      tags: [
        { name: 'uploads', description: 'Files that come in parts' },
        { name: 'session', description: 'Signing in to the page' },
        { name: 'keys', description: 'Keys of the tenant' },
        { name: 'inference', description: 'Models, as clients of OpenAI ask them' },
        { name: 'operation', description: 'For those who run Hansard' },
      ],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key that `hansard keys` made.' },
        },
      },
    },
    transform: (given) => {
      const response = Object.assign({}, PROBLEMS, given.schema.response);
      const { schema, url } = jsonSchemaTransform({
        ...given,
        schema: { ...given.schema, response },
      });
      const action = given.route.config?.action;
      if (schema.hide === true) return { schema, url };
      return {
        schema:
          action === undefined || action === 'public'
            ? { ...schema, security: [] }
            : { ...schema, 'x-action': action, 'x-roles': POLICY[action] },
        url,
      };
    },
    transformObject: (given) => {
      const document = jsonSchemaTransformObject(given);
      const { schemas = {} } = ('components' in document && document.components) || {};
      const text = JSON.stringify(document);
      // Each is there twice, as it is sent and as it is answered, and only what is named is wanted.
      for (const name of Object.keys(schemas)) {
        if (!text.includes(`"#/components/schemas/${name}"`)) Reflect.deleteProperty(schemas, name);
      }
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

/** What every operation may answer besides. */
const PROBLEMS = {
  default: {
    description: 'What went wrong',
    content: { [PROBLEM_TYPE]: { schema: problemSchema } },
  },
};
