import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { keepBody, keptBodyOf, type KeptBody } from '../kept-body.ts';
import type { Diarizer } from '../models/speakers/diarizer.ts';
import { taskRefusal } from '../refusal.ts';
import { reportWork } from '../report-work.ts';
import {
  decodeBase64,
  readParameters,
  readTaskInput,
  type ToolkitServer,
} from './toolkit-request.ts';

const parametersSchema = z.strictObject({
  /** How many speak, where that is known. */
  num_speakers: z.int().min(1).max(100).nullable().default(null),
});

/**
 * Answers as pyannote does behind an endpoint with its usual handler: `{"diarization": [{"label", "start", "stop"}]}`, times in
 * seconds as text. The bytes of a recording are the body; `num_speakers` is in the query, or in the JSON.
 */
export async function diarizeSpeakers(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer & { readonly diarizer: Diarizer | null },
): Promise<object> {
  const { diarizer } = server;
  const { kept, parameters } = await readRecording(request, server);
  return await kept.during(async () => {
    const { num_speakers: speakers } = readParameters(
      parametersSchema,
      parameters,
      'SpeakerDiarization',
    );
    if (kept.sizeBytes === 0) throw taskRefusal(400, 'The request has no body');
    if (diarizer === null) {
      // A model that is not here, and not one that is loading: nobody is to wait for it.
      throw taskRefusal(404, 'No speaker models: set HANSARD_SPEAKER_MODELS and HANSARD_PYTHON.');
    }
    const { turns, seconds } = await diarizer.diarize({ path: kept.path, speakers });
    if (seconds === 0)
      throw taskRefusal(400, 'Error opening the recording: format not recognised.');
    reportWork(request, reply, diarizer.name, kept.sha256, { 'x-compute-audio-length': seconds });
    const text = (time: number) => String(Math.round(time * 1000) / 1000);
    return {
      diarization: turns.map(({ start, end, speaker }) => ({
        label: `SPEAKER_${String(speaker).padStart(2, '0')}`,
        start: text(start),
        stop: text(end),
      })),
    };
  });
}

async function readRecording(
  request: FastifyRequest,
  server: ToolkitServer,
): Promise<{ kept: KeptBody; parameters: Readonly<Record<string, unknown>> | null }> {
  const { kind, inputs, parameters } = readTaskInput(request, server, 'audio');
  const kept = keptBodyOf(request);
  if (kept !== null && kind === 'audio') return { kept, parameters };
  if (kind === 'json' && typeof inputs === 'string') {
    return { kept: await keepBody(Readable.from([decodeBase64(inputs)])), parameters };
  }
  throw taskRefusal(400, `SpeakerDiarization takes audio, not ${kind}`);
}
