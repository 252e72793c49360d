import { z } from 'zod';
import { Refusal, taskRefusal } from '../http/refusal.ts';
import type { Route, RouteRequest } from '../http/route.ts';
import type { ManagedEndpoint, ManagedEndpoints } from '../managed-endpoints.ts';

/** Waking a server takes minutes: Hugging Face's example holds a request for 600 s. */
const LONGEST_HOLD_SECONDS = 600;

/** `/endpoints/{name}/…`: what stands before an endpoint's server. Any request wakes one that was scaled to zero. */
export const endpointProxy = (
  endpoints: ManagedEndpoints,
  served: readonly Route[],
): readonly Route[] =>
  (['GET', 'POST'] as const).map((method) => ({
    kind: 'model',
    method,
    pattern: /^\/endpoints\/([\w.-]+)(|\/.*)$/,
    role: ([name = '', rest = '']) => {
      const endpoint = endpoints.find(name);
      const inner = endpoint === null ? null : findInner(served, method, rest, endpoint.model);
      return inner?.route.kind === 'model' ? inner.route.role(inner.path) : 'endpoint';
    },
    handle: async (request) => {
      const [name = '', rest = ''] = request.path;
      const endpoint = endpoints.find(name);
      if (endpoint === null) throw taskRefusal(404, 'Not Found');
      await letThrough(endpoint, request);
      const inner = findInner(served, method, rest, endpoint.model);
      if (inner === null) throw taskRefusal(404, 'Not Found');
      const { route, path } = inner;
      if (route.kind === 'model') return route.handle({ ...request, path });
      return { reply: await route.handle({ ...request, path }), inputDigest: null };
    },
  }));

async function letThrough(endpoint: ManagedEndpoint, { headers }: RouteRequest): Promise<void> {
  endpoint.wake();
  const hold =
    z.coerce
      .number()
      .min(0)
      .safeParse(headers['x-scale-up-timeout'] ?? '0').data ?? 0;
  if (await endpoint.runs(Math.min(hold, LONGEST_HOLD_SECONDS) * 1000)) return;
  // Its body is not documented, and nobody has seen a Retry-After.
  throw new Refusal(503, { error: '503 Service Unavailable' });
}

/** One endpoint answers what servers of the toolkit, of OpenAI's API, TGI and hfendpoints answer at their own roots. */
function findInner(served: readonly Route[], method: string, rest: string, model: string) {
  for (const path of [`/toolkit/${model}${rest}`, rest, `/tgi${rest}`, `/hfendpoints${rest}`]) {
    // At the root of this server stand other providers and its own controls.
    if (path === rest && !rest.startsWith('/v1/')) continue;
    for (const route of served) {
      const match = route.method === method ? route.pattern.exec(path) : null;
      if (match !== null) return { route, path: match.slice(1) };
    }
  }
  return null;
}
