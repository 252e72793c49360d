import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { faultRuleSchema, type Faults } from '../faults.ts';
import { checkControl } from '../read-request.ts';
import { taskRefusal } from '../refusal.ts';
import { PROVIDER_SCRIPTS } from '../scripts/provider-scripts.ts';
import type { ServerParts } from '../server-parts.ts';

/** This server's own routes. */
export function addLocalRoutes(app: FastifyInstance, { files }: ServerParts): void {
  app.get('/health', () => 'Ok');
  // Results by address, as on a provider's content network: without a token.
  app.get('/files/:file', (request, reply) => {
    const file = files.get(request.url);
    if (file === null) throw taskRefusal(404, 'Not Found');
    return reply.type(request.url.endsWith('.png') ? 'image/png' : 'image/jpeg').send(file);
  });
}

/** Only with `--faults`: then anybody on this machine can make the server fail. */
export function addFaultControl(app: FastifyInstance, faults: Faults): void {
  const scripts = PROVIDER_SCRIPTS.map(({ rules, ...shown }) => ({ rules, shown }));
  app.put('/local/faults', (request) => {
    const rules = checkControl(z.array(faultRuleSchema), request);
    faults.set(rules);
    return { rules: rules.length };
  });
  app.delete('/local/faults', () => {
    faults.set([]);
    return { rules: 0 };
  });
  app.get('/local/scripts', () => scripts.map(({ shown }) => shown));
  app.put('/local/script', (request) => {
    const { name } = checkControl(z.strictObject({ name: z.string() }), request);
    const script = scripts.find(({ shown }) => shown.name === name);
    if (script === undefined) {
      throw taskRefusal(404, `There is no script ${name}; GET /local/scripts lists them`);
    }
    faults.set(script.rules);
    return script.shown;
  });
}
