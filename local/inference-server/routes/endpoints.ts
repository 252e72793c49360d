import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  ENDPOINT_STATES,
  type ManagedEndpoint,
  type ManagedEndpoints,
} from '../managed-endpoints.ts';
import { findModel } from '../models/catalogue.ts';
import { checkControl, toAddress } from '../read-request.ts';
import { taskRefusal } from '../refusal.ts';

/** The one user who has these endpoints. */
const NAMESPACE = 'hansard';

/** The management API below `/v2`. It wakes nothing. */
export function addEndpointManagement(app: FastifyInstance, endpoints: ManagedEndpoints): void {
  const config = { role: 'manage' };
  const listOf = ({ params }: FastifyRequest) =>
    (params as { namespace: string }).namespace === NAMESPACE ? endpoints.list() : [];
  app.get('/v2/endpoint/:namespace', { config }, (request) => ({
    items: listOf(request).map((endpoint) => describe(endpoint, request)),
  }));
  const add = (method: 'GET' | 'POST', path: string, act: (endpoint: ManagedEndpoint) => void) => {
    const url = `/v2/endpoint/:namespace/:name${path}`;
    const handler = (request: FastifyRequest) => {
      const { name } = request.params as { name: string };
      const endpoint = listOf(request).find((one) => one.name === name);
      if (endpoint === undefined) throw taskRefusal(404, 'Endpoint not found');
      act(endpoint);
      return describe(endpoint, request);
    };
    app.route({ method, url, config, handler });
  };
  add('GET', '', () => undefined);
  add('POST', '/resume', (endpoint) => {
    if (endpoint.state() === 'running') {
      throw taskRefusal(400, 'Bad Request: Endpoint is already running');
    }
    endpoint.set('initializing');
  });
  add('POST', '/pause', (endpoint) => endpoint.set('paused'));
  add('POST', '/scale-to-zero', (endpoint) => endpoint.set('scaledToZero'));
}

function describe(endpoint: ManagedEndpoint, request: FastifyRequest): object {
  const state = endpoint.state();
  const updatedAt = new Date(endpoint.updatedMs()).toISOString();
  const failed = state === 'failed' || state === 'updateFailed';
  return {
    name: endpoint.name,
    type: 'protected',
    healthRoute: '/health',
    provider: { vendor: 'local', region: 'loopback' },
    compute: {
      accelerator: 'cpu',
      instanceType: 'local',
      instanceSize: 'x1',
      scaling: { minReplica: 0, maxReplica: 1, scaleToZeroTimeout: 15, measure: {} },
    },
    model: {
      repository: endpoint.model,
      revision: null,
      task: findModel(endpoint.model)?.task ?? 'custom',
      framework: 'custom',
      image: { huggingface: {} },
    },
    status: {
      state,
      message: `Endpoint is ${state}`,
      ...(endpoint.hasRun() ? { url: toAddress(request, `/endpoints/${endpoint.name}`) } : {}),
      readyReplica: state === 'running' ? 1 : 0,
      targetReplica: ['running', 'initializing', 'updating'].includes(state) ? 1 : 0,
      createdAt: updatedAt,
      updatedAt,
      errorMessage: failed ? 'Endpoint failed to start' : null,
    },
  };
}

/** Waking a server takes minutes: Hugging Face's example holds a request for 600 s. */
const LONGEST_HOLD_SECONDS = 600;

/**
 * The proxy in front of an endpoint's server, below `/endpoints/:endpoint`. Any request wakes an endpoint that was scaled
 * to zero. Returns how the routes of the server find their endpoint; add them to the scope afterwards.
 */
export function addEndpointProxy(
  scope: FastifyInstance,
  endpoints: ManagedEndpoints,
): (request: FastifyRequest) => ManagedEndpoint | null {
  const endpointOf = ({ params }: FastifyRequest) =>
    endpoints.find((params as { endpoint: string }).endpoint);
  scope.addHook('onRoute', (route) => {
    // All routes behind the proxy need the token and can be struck by faults, those without a role too.
    const role = route.config?.role ?? 'endpoint';
    const roleFor = (request: FastifyRequest) => {
      if (endpointOf(request) === null) return 'endpoint';
      return typeof role === 'function' ? role(request) : role;
    };
    route.config = { ...route.config, role: roleFor };
  });
  scope.addHook('preHandler', async (request) => {
    const endpoint = endpointOf(request);
    if (endpoint === null) throw taskRefusal(404, 'Not Found');
    endpoint.wake();
    const seconds = Number(request.headers['x-scale-up-timeout'] ?? '0');
    const hold = seconds >= 0 ? Math.min(seconds, LONGEST_HOLD_SECONDS) : 0;
    // The body of this answer is not documented, and no Retry-After was ever observed.
    if (!(await endpoint.runs(hold * 1000))) throw taskRefusal(503, '503 Service Unavailable');
  });
  // Unknown paths pass the proxy too.
  scope.all('/*', () => {
    throw taskRefusal(404, 'Not Found');
  });
  return endpointOf;
}

const controlSchema = z.strictObject({
  state: z.enum(ENDPOINT_STATES),
  model: z
    .string()
    .refine((name) => findModel(name) !== null, 'this server has no such model')
    .optional(),
});

/** Only with `--faults`: `PUT /local/endpoints/{name}` sets an endpoint's state, or creates the endpoint. */
export function addEndpointControl(app: FastifyInstance, endpoints: ManagedEndpoints): void {
  app.put('/local/endpoints/:name', (request) => {
    const { state, model } = checkControl(controlSchema, request);
    const { name } = request.params as { name: string };
    let endpoint = endpoints.find(name);
    if (endpoint === null || (model !== undefined && model !== endpoint.model)) {
      if (model === undefined) throw taskRefusal(400, 'model: a new endpoint needs one');
      endpoint = endpoints.create(name, model, state);
    } else {
      endpoint.set(state);
    }
    return describe(endpoint, request);
  });
}
