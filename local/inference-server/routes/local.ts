import { z } from 'zod';
import { faultRuleSchema, type Faults } from '../faults.ts';
import { jsonReply, textReply } from '../http/reply.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import type { ProviderScript } from '../scripts/provider-script.ts';
import { PROVIDER_SCRIPTS } from '../scripts/provider-scripts.ts';
import type { Statistics } from '../statistics.ts';

export const health: Route = {
  kind: 'plain',
  method: 'GET',
  pattern: /^\/health$/,
  handle: () => textReply('Ok'),
};

export const showStatistics = (statistics: Statistics): Route => ({
  kind: 'plain',
  method: 'GET',
  pattern: /^\/local\/stats$/,
  handle: () => jsonReply(statistics.snapshot()),
});

/** Only with `--faults`: then anybody on this machine may break the server. */
export const faultRoutes = (faults: Faults): readonly Route[] => [
  {
    kind: 'plain',
    method: 'PUT',
    pattern: /^\/local\/faults$/,
    handle: ({ body }) => {
      const rules = parse(z.array(faultRuleSchema), body);
      faults.set(rules);
      return jsonReply({ rules: rules.length });
    },
  },
  {
    kind: 'plain',
    method: 'DELETE',
    pattern: /^\/local\/faults$/,
    handle: () => {
      faults.set([]);
      return jsonReply({ rules: 0 });
    },
  },
  {
    kind: 'plain',
    method: 'GET',
    pattern: /^\/local\/scripts$/,
    handle: () => jsonReply(PROVIDER_SCRIPTS.map(withoutRules)),
  },
  {
    kind: 'plain',
    method: 'PUT',
    pattern: /^\/local\/script$/,
    handle: ({ body }) => {
      const { name } = parse(z.strictObject({ name: z.string() }), body);
      const script = PROVIDER_SCRIPTS.find((one) => one.name === name);
      if (script === undefined) {
        throw taskRefusal(404, `There is no script ${name}; GET /local/scripts lists them`);
      }
      faults.set(script.rules);
      return jsonReply(withoutRules(script));
    },
  },
];

const withoutRules = ({
  name,
  about,
  role,
  recoverable,
  billed,
  ends,
}: ProviderScript): Omit<ProviderScript, 'rules'> => ({
  name,
  about,
  role,
  recoverable,
  billed,
  ends,
});

function parse<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw taskRefusal(400, 'The body is not valid JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw taskRefusal(400, z.prettifyError(parsed.error));
}
