import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import type { ManagedTarget } from '../../../../adapters/inference/endpoints/endpoint-api.ts';
import { createExchange, type Exchange } from '../../../../adapters/inference/wire/exchange.ts';
import { aTarget } from '../a-target.ts';

export const MANAGEMENT_SECRET = 'hf_managementmanagement';

interface Seen {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The management API and the server behind one endpoint, `acme/whisper`, on the loopback interface. A look at its
 * state counts down `polls`, after which it runs.
 */
export interface FakeEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly exchange: Exchange;
  readonly api: {
    readonly services: { readonly endpointsUrl: string };
    readonly exchange: Exchange;
  };
  readonly target: ManagedTarget;
  readonly seen: Seen[];
  /** What the management API says; changed by tests, and by what wakes or resumes. */
  state: string;
  /** What the health route answers. */
  health: number;
  /** Of the management API, in the place of its own answer. */
  refusal: { readonly status: number; readonly body: unknown } | null;
  /** States that follow one another from the next look on. */
  next: string[];
  /** Fields over those of the description. */
  change: Record<string, unknown>;
}

export async function anEndpoint(target: Partial<ManagedTarget> = {}): Promise<FakeEndpoint> {
  const agent = new Agent();
  const server = createServer((request, response) => {
    fake.seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const [status, body] = answer(request.method ?? '', request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const exchange = createExchange({ agent, userAgent: 'hansard/test' });

  function answer(method: string, path: string): [number, unknown] {
    if (path.startsWith('/v2/') && fake.refusal !== null)
      return [fake.refusal.status, fake.refusal.body];
    if (method === 'GET' && path === '/v2/endpoint/acme/whisper') {
      fake.state = fake.next.shift() ?? fake.state;
      return [200, description()];
    }
    if (method === 'POST' && path === '/v2/endpoint/acme/whisper/resume') {
      fake.state = 'initializing';
      return [200, description()];
    }
    if (method === 'GET' && path === '/server/healthz') {
      if (fake.state === 'scaledToZero') {
        fake.state = 'initializing';
        return [503, ''];
      }
      return [fake.health, ''];
    }
    return [404, {}];
  }

  const description = () => ({
    name: 'whisper',
    type: 'protected',
    healthRoute: '/healthz',
    compute: { scaling: { minReplica: 0 } },
    status: {
      state: fake.state,
      message: 'a vendor text with a secret',
      url: `${url}/server`,
      readyReplica: fake.state === 'running' ? 1 : 0,
    },
    ...fake.change,
  });

  const fake: FakeEndpoint = {
    url,
    exchange,
    api: { services: { endpointsUrl: `${url}/v2` }, exchange },
    target: {
      ...aTarget({ name: 'whisper', contract: 'openai', baseUrl: `${url}/server` }),
      endpoint: {
        namespace: 'acme',
        name: 'whisper',
        resume: false,
        apiTokens: [MANAGEMENT_SECRET],
        tokenVariable: 'MANAGEMENT_TOKEN',
      },
      ...target,
    },
    seen: [],
    state: 'running',
    health: 200,
    refusal: null,
    next: [],
    change: {},
    [Symbol.asyncDispose]: async () => {
      await agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

/** Requests so far, a line each. */
export const linesOf = ({ seen }: FakeEndpoint): string[] => seen.map(({ line }) => line);
