import multipart from '@fastify/multipart';
import { z } from 'zod';
import {
  audioFormOf,
  contractOf,
} from '../../../../adapters/inference/protocols/contract-table.ts';
import type { Target } from '../../../../adapters/inference/targets/target.ts';
import { parseMediaBinaries } from '../../../config.ts';
import type { GatewayApp, GatewayContext } from '../../gateway-app.ts';
import { atOnce } from '../../jobs/at-once.ts';
import { headersOfMany } from '../answer-headers.ts';
import { mayBeKept } from '../cache-control.ts';
import { findTargets } from '../find-targets.ts';
import { OpenAiError } from '../open-ai-error.ts';
import { withParameters } from '../with-parameters.ts';
import { withAudioForm, type AudioFields } from './audio-form.ts';
import { transcribeFile } from './transcribe-file.ts';
import { toSubRip, toVerbose, toWebVtt } from './transcription-answer.ts';

/** `POST /v1/audio/transcriptions`: a form with a file, as OpenAI's clients send it. */
export async function addTranscriptionRoutes(
  app: GatewayApp,
  { services, env }: GatewayContext,
): Promise<void> {
  await app.register(multipart, {
    throwFileSizeLimit: true,
    limits: { files: 1, fileSize: MOST_BYTES, fields: 20, fieldSize: 10_000, parts: 21 },
  });
  // Each takes up to 100 MB of the disk as it came, as much decoded, and half of that in memory.
  const heard = atOnce({ ofKey: 4, ofAll: 16 }, 'recordings being transcribed');
  app.post('/audio/transcriptions', {
    config: { action: 'inference:use' },
    bodyLimit: MOST_BYTES + 100_000,
    handlerTimeout: LONGEST_MS,
    schema: {
      operationId: 'createTranscription',
      summary: 'Transcribe a recording of at most 100 MB and an hour; longer ones are jobs',
      description:
        'Takes a form of which file and model are required. It is cut at pauses as in a job, and silence is not sent to any target.',
      tags: ['inference'],
      consumes: ['multipart/form-data'],
      body: z.unknown().meta({ type: 'object', description: 'file, model, and the fields below' }),
      response: {
        200: {
          description: 'The transcript, in the form that response_format names',
          content: {
            'application/json': { schema: z.looseObject({ text: z.string() }) },
            'text/plain': { schema: z.string() },
            'text/vtt': { schema: z.string() },
          },
        },
      },
    },
    handler: async (request, reply) =>
      await heard(request.principal.keyId, () =>
        withAudioForm(request, async ({ fields, path, folder }) => {
          const { layer } = await services.inference();
          const words = fields['timestamp_granularities[]'].includes('word');
          const file = await transcribeFile(services, {
            path,
            folder,
            words,
            asker: request.principal,
            targets: transcribers(
              findTargets(layer.inference, fields.model, ['transcribe']),
              fields,
            ),
            mayBeKept: mayBeKept(request.headers),
            language: fields.language ?? null,
            binaries: parseMediaBinaries(env),
            signal: AbortSignal.timeout(LONGEST_MS),
          });
          reply.headers(headersOfMany(file.answers));
          switch (fields.response_format) {
            case 'json':
              return await reply.send({ text: file.text });
            case 'verbose_json': {
              const listed = fields['timestamp_granularities[]'];
              const withSegments = listed.length === 0 || listed.includes('segment');
              return await reply.send(toVerbose(file, { withSegments }));
            }
            case 'text':
              return await reply.type('text/plain; charset=utf-8').send(`${file.text}\n`);
            case 'srt':
              return await reply.type('text/plain; charset=utf-8').send(toSubRip(file));
            case 'vtt':
              return await reply.type('text/vtt; charset=utf-8').send(toWebVtt(file));
          }
        }),
      ),
  });
}

/** The targets that take the audio in the body of the call, and the words where they are asked for. */
function transcribers(
  targets: readonly Target[],
  { 'timestamp_granularities[]': listed, response_format: format, ...fields }: AudioFields,
): readonly [Target, ...Target[]] {
  if (listed.length > 0 && format !== 'verbose_json') {
    throw new OpenAiError(
      'invalid_request',
      'timestamp_granularities[] needs response_format verbose_json',
      { param: 'timestamp_granularities[]' },
    );
  }
  const byBody = targets.filter((target) => audioFormOf(target) === 'flac');
  const able = listed.includes('word')
    ? byBody.filter((target) => contractOf(target).traits.audio.tellsWords)
    : byBody;
  if (able.length === 0 && byBody.length > 0) {
    throw new OpenAiError('unsupported_parameter', 'no target of this model tells words', {
      param: 'timestamp_granularities[]',
    });
  }
  return withParameters(able, 'transcribe', [
    { name: 'prompt', member: 'prompt', value: fields.prompt ?? null },
    // 0 is what targets are asked for anyway.
    { name: 'temperature', member: 'temperature', value: fields.temperature || null },
  ]);
}

const MOST_BYTES = 100_000_000;
const LONGEST_MS = 600_000;
