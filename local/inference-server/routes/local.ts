import { z } from 'zod';
import { faultRuleSchema, type Faults } from '../faults.ts';
import { jsonReply, textReply } from '../http/reply.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
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
      const rules = parseRules(body);
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
];

function parseRules(body: Uint8Array) {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw taskRefusal(400, 'The body is not valid JSON');
  }
  const parsed = z.array(faultRuleSchema).safeParse(json);
  if (parsed.success) return parsed.data;
  throw taskRefusal(400, z.prettifyError(parsed.error));
}
