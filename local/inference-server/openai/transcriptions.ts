import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { toEnglishName, type Transcriber } from '../models/transcriber.ts';
import { check, parseForm, refuseField } from '../read-request.ts';
import { reportWork } from '../report-work.ts';
import { fetchAudio, numberedSegments, prepareTranscription, spokenText } from '../speech.ts';
import type { OpenAiDialect } from './dialect.ts';

const fileSchema = z
  .instanceof(File, { error: 'a file part is required' })
  .refine(({ size }) => size > 0, 'The audio file is empty');
const granularitiesSchema = z.array(z.enum(['segment', 'word'])).optional();

const openAiSchema = z.strictObject(
  {
    file: fileSchema,
    model: z.string().min(1),
    language: z.string().min(1).optional(),
    prompt: z.string().min(1).optional(),
    response_format: z.enum(['json', 'text', 'verbose_json']).default('json'),
    temperature: z.coerce.number().min(0).max(1).default(0),
    'timestamp_granularities[]': granularitiesSchema,
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `Unrecognized request argument supplied: ${issue.keys.join(', ')}`
        : undefined,
  },
);

export const openAiSpeech: OpenAiDialect['speech'] = {
  schema: openAiSchema,
  verboseBody: (transcription, withWords) => ({
    task: 'transcribe',
    language: toEnglishName(transcription.language),
    duration: transcription.durationSeconds,
    text: spokenText(transcription),
    segments: numberedSegments(transcription),
    ...(withWords ? { words: transcription.segments.flatMap(({ words }) => words) } : {}),
  }),
};

export const togetherSpeech: OpenAiDialect['speech'] = {
  schema: openAiSchema.extend({
    file: z.union([z.string(), fileSchema]),
    response_format: z.enum(['json', 'verbose_json']).default('json'),
    timestamp_granularities: granularitiesSchema,
  }),
  verboseBody: (transcription, withWords) => ({
    ...openAiSpeech.verboseBody(transcription, withWords),
    // Without the decoder's figures.
    segments: transcription.segments.map(({ start, end, text }, id) => ({ id, start, end, text })),
  }),
};

/** The Whisper image of Inference Endpoints: it has one model, so no model field, and defaults to English. */
export const hfendpointsSpeech: OpenAiDialect['speech'] = {
  schema: openAiSchema
    .omit({ model: true, 'timestamp_granularities[]': true })
    .extend({ language: z.string().min(1).default('en') }),
  verboseBody: (transcription) => ({
    text: spokenText(transcription),
    duration: transcription.durationSeconds,
    language: transcription.language,
    segments: numberedSegments(transcription),
  }),
};

/** `POST …/audio/transcriptions` */
export async function transcribeForm(
  request: FastifyRequest,
  reply: FastifyReply,
  transcriber: Transcriber,
  { refuse, requireModel, speech }: Pick<OpenAiDialect, 'refuse' | 'requireModel' | 'speech'>,
): Promise<unknown> {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? '')) {
    throw refuse(415, 'Content-Type must be multipart/form-data with a boundary');
  }
  const form = await parseForm(request).catch(() => {
    throw refuse(400, 'Could not parse multipart form');
  });
  const isList = (name: string) => name.startsWith('timestamp_granularities');
  const valueOf = (name: string) => (isList(name) ? form.getAll(name) : form.get(name));
  const values = Object.fromEntries([...form.keys()].map((name) => [name, valueOf(name)]));
  const fields = check(speech.schema, values, refuseField(refuse));
  const { file, model, language = null, response_format: format } = fields;
  if (model !== undefined) requireModel(model, 'automatic-speech-recognition');
  const list = [...form.keys()].find(isList);
  if (list !== undefined && format !== 'verbose_json') {
    throw refuse(400, 'timestamp_granularities needs response_format verbose_json', list);
  }
  const withWords = [...form].some(([name, value]) => isList(name) && value === 'word');
  const audio =
    typeof file === 'string'
      ? await fetchAudio(file, (why) =>
          refuse(400, `Failed to fetch the audio file: ${why}`, 'file'),
        )
      : await file.bytes();
  const run = prepareTranscription(
    transcriber,
    {
      audio,
      language,
      temperature: fields.temperature,
      initial_prompt: fields.prompt ?? null,
      word_timestamps: withWords,
    },
    {
      language: (wanted) => refuse(400, `Unsupported language: ${wanted}`, 'language'),
      unreadable: () =>
        refuse(400, 'The audio file could not be decoded or its format is not supported.', 'file'),
    },
  );
  const transcription = await run();
  reportWork(request, reply, transcriber.name, sha256(audio), {
    'x-compute-audio-length': transcription.durationSeconds,
  });
  if (format === 'text') return `${spokenText(transcription)}\n`;
  if (format === 'json') return { text: spokenText(transcription) };
  return speech.verboseBody(transcription, withWords);
}
