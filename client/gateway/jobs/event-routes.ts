import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { findJob } from '../../jobs/find-job.ts';
import { jobView } from '../../jobs/job-status.ts';
import { hasEnded } from '../../jobs/job-view.ts';
import type { GatewayApp, GatewayContext, Principal } from '../gateway-app.ts';
import { createEventStream } from './event-stream.ts';
import { jobParameters, requestedJob } from './job-parameters.ts';
import { createJobWatchers, stateOf } from './job-watchers.ts';
import { createOpenStreams } from './open-streams.ts';

/** The progress of jobs. */
export const eventRoutes =
  (context: GatewayContext, { checkEveryMs = 45_000, mostOfKey = 100 } = {}) =>
  async (app: GatewayApp): Promise<void> => {
    const { services } = context;
    const sources = async () => ({
      library: await services.library(),
      temporal: services.temporal,
    });
    const watchers = createJobWatchers({
      look: async ({ tenant, id }) =>
        await jobView(await findJob(services.library, tenant, id), await sources()),
      onTrouble: (error) => {
        const name = error instanceof Error ? error.name : 'unknown';
        app.log.warn({ name }, 'a job cannot be looked at: its listeners wait');
      },
    });
    const streams = createOpenStreams({
      liveOf: (openers: readonly Opener[]) => liveOf(services, openers),
      onTrouble: (error) => {
        app.log.warn({ error }, 'the keys of open streams cannot be looked at');
      },
      checkEveryMs,
      mostOfKey,
    });
    // Streams that are open would keep the server from closing.
    app.addHook('preClose', () => {
      watchers.close();
      streams.close();
    });

    app.get(
      '/jobs/:id/events',
      {
        // A HEAD would listen, too.
        exposeHeadRoute: false,
        handlerTimeout: LONGEST_MS,
        config: { action: 'jobs:read' },
        schema: {
          operationId: 'watchJob',
          summary: 'The progress of a job, as server-sent events, until it ends',
          description:
            'Events named progress have the state of the job as JSON, and an id that says which state it is: with Last-Event-ID, a state that is known is not sent again. An event named end is the last one. Asked again for a job that has ended, the answer is 204. A stream ends soon after its key does.',
          tags: ['jobs'],
          params: jobParameters,
          headers: z.looseObject({
            'last-event-id': z.string().max(100).optional().describe('id of the last event'),
          }),
          response: {
            200: {
              description: 'Events',
              content: { 'text/event-stream': { schema: z.string() } },
            },
            204: z.null().describe('The job has ended, and the client knows how'),
          },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        const knownId = request.headers['last-event-id'];
        if (knownId !== undefined && hasEnded(row)) {
          const { id, isLast } = stateOf(await jobView(row, await sources()));
          if (isLast && id === knownId) return await nothing(reply);
        }
        const { stream, listener } = createEventStream();
        const opener = { ...request.principal, isSigned: request.signed !== null };
        const remove = streams.add(opener, () => {
          leave();
          listener.end(false);
        });
        const leave = watchers.listen(row, listener, knownId);
        stream.once('close', () => {
          remove();
          leave();
        });
        return await sendEvents(reply, stream);
      },
    );
  };

/** With what a stream was opened. */
interface Opener extends Pick<Principal, 'keyId' | 'issuer' | 'sessionId' | 'expiresAt'> {
  readonly isSigned: boolean;
}

/**
 * A session is live only as long as its key is; a token, until it expires. What was opened without a signature ends when its
 * key has to sign.
 */
async function liveOf(
  { apiKeys, sessions, identitySessions }: GatewayContext['services'],
  openers: readonly Opener[],
): Promise<readonly Opener[]> {
  const ofKeys = openers.filter(({ issuer }) => issuer === null);
  const ofIssuers = openers.filter(({ issuer }) => issuer !== null);
  const keyIds = ofKeys.flatMap(({ keyId, sessionId }) => (sessionId === null ? [keyId] : []));
  const [keys, begun, identities] = await Promise.all([
    keyIds.length === 0 ? null : (await apiKeys()).liveOf(keyIds),
    liveSessions(sessions, ofKeys),
    liveSessions(identitySessions, ofIssuers),
  ]);
  return openers.filter(({ keyId, issuer, sessionId, expiresAt, isSigned }) => {
    if (sessionId !== null) return (issuer === null ? begun : identities).has(sessionId);
    if (issuer !== null) return expiresAt !== null && expiresAt > new Date();
    const policy = keys?.get(keyId);
    return policy !== undefined && (isSigned || policy !== 'required');
  });
}

async function liveSessions(
  open: () => Promise<{ liveOf: (ids: readonly string[]) => Promise<ReadonlySet<string>> }>,
  openers: readonly Opener[],
): Promise<ReadonlySet<string>> {
  const ids = openers.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]));
  return ids.length === 0 ? new Set() : await (await open()).liveOf(ids);
}

/** The longest time that timers know: 24 days. A client connects again. */
const LONGEST_MS = 2 ** 31 - 1;

const nothing = (reply: FastifyReply): FastifyReply => reply.code(204).send();

const sendEvents = (reply: FastifyReply, stream: Readable): FastifyReply =>
  reply
    .header('content-type', 'text/event-stream')
    .header('cache-control', 'no-store')
    // Proxies that collect what they pass on would hold events back.
    .header('x-accel-buffering', 'no')
    // Kept, it would keep a server that ends from closing, once the stream has ended.
    .header('connection', 'close')
    .send(stream);
