import { z } from 'zod';
import { addressOf } from '../http/address.ts';
import { taskRefusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { Route, RouteRequest } from '../http/route.ts';
import { findModel } from '../models/catalogue.ts';
import {
  ENDPOINT_STATES,
  type ManagedEndpoint,
  type ManagedEndpoints,
} from '../managed-endpoints.ts';

/** The one user whose endpoints these are. */
const NAMESPACE = 'hansard';

/** The management API, below `/v2`. It wakes nothing. */
export const endpointManagement = (endpoints: ManagedEndpoints): readonly Route[] => {
  const route = (
    method: 'GET' | 'POST',
    pattern: RegExp,
    act: (endpoint: ManagedEndpoint) => void,
  ): Route => ({
    kind: 'model',
    method,
    pattern,
    role: () => 'manage',
    handle: async (request) => {
      const endpoint = findManaged(endpoints, request);
      act(endpoint);
      return { reply: jsonReply(describe(endpoint, request)), inputDigest: null };
    },
  });
  return [
    {
      kind: 'model',
      method: 'GET',
      pattern: /^\/v2\/endpoint\/([^/]+)$/,
      role: () => 'manage',
      handle: async (request) => {
        const items = request.path[0] === NAMESPACE ? endpoints.list() : [];
        const body = { items: items.map((endpoint) => describe(endpoint, request)) };
        return { reply: jsonReply(body), inputDigest: null };
      },
    },
    route('GET', /^\/v2\/endpoint\/([^/]+)\/([^/]+)$/, () => undefined),
    route('POST', /^\/v2\/endpoint\/([^/]+)\/([^/]+)\/resume$/, (endpoint) => {
      if (endpoint.state() === 'running') {
        throw taskRefusal(400, 'Bad Request: Endpoint is already running');
      }
      endpoint.set('initializing');
    }),
    route('POST', /^\/v2\/endpoint\/([^/]+)\/([^/]+)\/pause$/, (endpoint) => {
      endpoint.set('paused');
    }),
    route('POST', /^\/v2\/endpoint\/([^/]+)\/([^/]+)\/scale-to-zero$/, (endpoint) => {
      endpoint.set('scaledToZero');
    }),
  ];
};

function findManaged(endpoints: ManagedEndpoints, { path }: RouteRequest): ManagedEndpoint {
  const [namespace, name = ''] = path;
  const endpoint = namespace === NAMESPACE ? endpoints.find(name) : null;
  if (endpoint === null) throw taskRefusal(404, 'Endpoint not found');
  return endpoint;
}

function describe(endpoint: ManagedEndpoint, request: RouteRequest): object {
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
      ...(endpoint.hasRun() ? { url: addressOf(request, `/endpoints/${endpoint.name}`) } : {}),
      readyReplica: state === 'running' ? 1 : 0,
      targetReplica: ['running', 'initializing', 'updating'].includes(state) ? 1 : 0,
      createdAt: updatedAt,
      updatedAt,
      errorMessage: failed ? 'Endpoint failed to start' : null,
    },
  };
}

const controlSchema = z.strictObject({
  state: z.enum(ENDPOINT_STATES),
  model: z
    .string()
    .refine((name) => findModel(name) !== null, 'is no model of this server')
    .optional(),
});

/** Only with `--faults`: `PUT /local/endpoints/{name}` puts an endpoint into a state, or makes one. */
export const endpointControl = (endpoints: ManagedEndpoints): Route => ({
  kind: 'plain',
  method: 'PUT',
  pattern: /^\/local\/endpoints\/([\w.-]+)$/,
  handle: (request) => {
    const wanted = parseControl(request.body);
    const [name = ''] = request.path;
    const existing = endpoints.find(name);
    const model = wanted.model ?? existing?.model;
    if (model === undefined) throw taskRefusal(400, 'model: a new endpoint needs one');
    if (existing?.model === model) existing.set(wanted.state);
    const endpoint =
      existing?.model === model ? existing : endpoints.create(name, model, wanted.state);
    return jsonReply(describe(endpoint, request));
  },
});

function parseControl(body: Uint8Array): z.infer<typeof controlSchema> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw taskRefusal(400, 'The body is not valid JSON');
  }
  const parsed = controlSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw taskRefusal(400, z.prettifyError(parsed.error));
}
