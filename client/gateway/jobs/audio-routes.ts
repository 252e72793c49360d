import { Readable } from 'node:stream';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { heardRecording } from '../../jobs/heard-recording.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { ProblemError } from '../problem.ts';
import { byteRange, type ByteRange } from './byte-range.ts';
import { jobParameters, requestedJob } from './job-parameters.ts';
import { notModified } from './job-schemas.ts';
import { within } from './within.ts';

/** What a page plays of a recording. */
export const audioRoutes =
  (context: GatewayContext, { answerMs }: { readonly answerMs: number }) =>
  async (app: GatewayApp): Promise<void> => {
    const { services } = context;
    app.get(
      '/jobs/:id/audio',
      {
        config: { action: 'jobs:read' },
        handlerTimeout: LONGEST_MS,
        schema: {
          operationId: 'hearJob',
          summary: 'The recording, as Ogg Opus whose times are those of the transcript',
          description:
            'It is made when it is first asked for: where that takes long, the answer is 202, and it can be asked for again. It is sent in parts to who asks for them (Range).',
          tags: ['jobs'],
          params: jobParameters,
          headers: z.looseObject({ range: z.string().max(1_000).optional() }),
          response: {
            200: { description: 'All of it', content: AUDIO },
            202: z.object({ id: z.string(), state: z.literal('making') }),
            206: { description: 'The part that was asked for', content: AUDIO },
            304: notModified,
          },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        const store = await services.store();
        const heard = await heardRecording(row, {
          store,
          temporal: services.temporal,
          wait: (work) => within(answerMs, work),
        });
        if (heard === null) {
          return await reply
            .code(202)
            .header('retry-after', '5')
            .send({ id: row.id, state: 'making' as const });
        }
        const { key, bytes } = heard;
        const tag = `"${sha256(`${key} ${bytes}`).slice(0, 32)}"`;
        reply.headers({
          etag: tag,
          'cache-control': 'private, no-cache',
          'accept-ranges': 'bytes',
          'content-disposition': 'attachment; filename="recording.ogg"',
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; sandbox",
        });
        const { 'if-none-match': known, 'if-range': unchanged = tag, range } = request.headers;
        if (known === tag) {
          void reply.code(304);
          return await reply.send();
        }
        const wanted = unchanged === tag ? byteRange(range, bytes) : null;
        if (wanted === 'unsatisfiable') throw noSuchPart(bytes);
        const part = wanted ?? { start: 0, end: bytes - 1 };
        if (wanted !== null) {
          reply.code(206).header('content-range', `bytes ${part.start}-${part.end}/${bytes}`);
        }
        // A HEAD would read all of it, to throw it away.
        const sent = request.method === 'HEAD' ? [] : blocksOf(store, key, part);
        return await reply
          .header('content-type', TYPE)
          .header('content-length', part.end - part.start + 1)
          .send(Readable.from(sent));
      },
    );
  };

const TYPE = 'audio/ogg';
const AUDIO = { [TYPE]: { schema: z.unknown().meta({ type: 'string', format: 'binary' }) } };

/** Of a player that reads on as it plays. */
const LONGEST_MS = 3_600_000;

/** About six minutes of speech: a player that stops reading keeps no connection to the store waiting. */
const BLOCK_BYTES = 1_048_576;

async function* blocksOf(
  store: ObjectStore,
  key: string,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array> {
  for (let from = start; from <= end; from += BLOCK_BYTES) {
    yield await store.get(key, {
      range: { start: from, end: Math.min(end, from + BLOCK_BYTES - 1) },
    });
  }
}

const noSuchPart = (bytes: number): ProblemError =>
  new ProblemError({
    code: 'range_unsatisfiable',
    detail: `the recording has ${bytes} bytes: ask for a part of them`,
    headers: { 'content-range': `bytes */${bytes}` },
  });
