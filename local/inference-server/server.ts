import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { addFaults } from './faults.ts';
import { addOpenAiRoutes, openAi, OPENAI_DIALECTS } from './openai/routes.ts';
import { addBodyRemoval, keepBody } from './kept-body.ts';
import { addFal } from './queued/fal.ts';
import { addReplicate } from './queued/replicate.ts';
import { nameInPath, readBody, roleOf } from './read-request.ts';
import { Refusal, taskRefusal } from './refusal.ts';
import { addEndpointControl, addEndpointManagement, addEndpointProxy } from './routes/endpoints.ts';
import { addHfendpoints } from './routes/hfendpoints.ts';
import { addHub, addModelList } from './routes/hub.ts';
import { addFaultControl, addLocalRoutes } from './routes/local.ts';
import { addTgi, addTgiRoot } from './routes/tgi.ts';
import type { ServerParts } from './server-parts.ts';
import { createStatistics } from './statistics.ts';
import { addHfInference, addToolkit } from './tasks/routes.ts';

/** A server that does not listen yet. A call that has begun is finished and counted even if its client leaves. */
export function createInferenceServer(parts: ServerParts): FastifyInstance {
  const app = fastify({
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 1000 },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    keepAliveTimeout: 5000, // Node's own default; a longer one delays the end of the process
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    isRecording(request) ? keepBody(payload) : readBody(payload),
  );
  addBodyRemoval(app);
  app.setNotFoundHandler(() => {
    throw taskRefusal(404, 'Not Found');
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) {
      return reply.code(error.status).headers(error.headers).send(error.body);
    }
    // Fastify's own refusals, such as a Content-Type that is no media type.
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 415) {
      return reply.code(415).send({ error: error.message });
    }
    // A client that left while it was sending is no error of ours.
    if (!request.raw.destroyed) console.error(error);
    return reply.code(500).send({ error: 'Internal Server Error' });
  });
  addModelRouteHooks(app, parts);
  addRoutes(app, parts);
  return app;
}

/** A whole recording, unlike the chunks that other routes get, is too long for memory. */
const isRecording = (request: FastifyRequest): boolean =>
  roleOf(request) === 'diarize' &&
  request.headers['content-type']?.startsWith('application/json') !== true;

/** Checks tokens, counts calls and lets faults strike. */
function addModelRouteHooks(app: FastifyInstance, { faults, requireToken }: ServerParts): void {
  const statistics = createStatistics();
  app.get('/local/stats', () => statistics.snapshot());
  app.decorateRequest('bill', function bill(this: FastifyRequest, inputDigest: string) {
    statistics.bill(roleOf(this) ?? '', inputDigest);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const role = roleOf(request);
    if (role !== null) statistics.countRequest(role);
    done();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    const { authorization } = request.headers;
    const accepted = requireToken === null || authorization === `Bearer ${requireToken}`;
    const message = 'Invalid username or password.';
    if (roleOf(request) === null || accepted) done();
    else done(new Refusal(401, { error: message }, { 'x-error-message': message }));
  });
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // An idle connection would delay the end of the process.
    if (stopping) reply.header('connection', 'close');
    // The real services name no charset.
    const type = reply.getHeader('content-type');
    if (typeof type === 'string') reply.type(type.replace('json; charset=utf-8', 'json'));
    done(null, payload);
  });
  if (faults !== null) addFaults(app, faults);
}

/** Every wire format over the same few models. */
function addRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { endpoints, faults } = parts;
  const below = (prefix: string, add: (scope: FastifyInstance) => void) =>
    app.register(
      (scope, _options, done) => {
        add(scope);
        done();
      },
      { prefix },
    );
  for (const dialect of OPENAI_DIALECTS) addOpenAiRoutes(app, dialect, parts);
  addModelList(app, parts);
  addHfInference(app, parts);
  addFal(app, parts);
  addReplicate(app, parts);
  addHub(app, parts.requireToken);
  below('/toolkit/:owner/:name', (scope) => addToolkit(scope, parts, nameInPath));
  below('/tgi', (scope) => {
    addTgi(scope);
    addTgiRoot(scope);
  });
  below('/hfendpoints', (scope) => addHfendpoints(scope, parts));
  addEndpointManagement(app, endpoints);
  below('/endpoints/:endpoint', (scope) => {
    const endpointOf = addEndpointProxy(scope, endpoints);
    // One endpoint answers as a server of the toolkit, of OpenAI's API, TGI and hfendpoints.
    addToolkit(scope, parts, (request) => endpointOf(request)?.model ?? '');
    addOpenAiRoutes(scope, openAi, parts);
    addModelList(scope, parts);
    addTgi(scope);
    addHfendpoints(scope, parts);
  });
  addLocalRoutes(app, parts);
  if (faults === null) return;
  addFaultControl(app, faults);
  addEndpointControl(app, endpoints);
}
