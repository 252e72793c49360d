import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { toEnglishName, type Transcriber, type Transcription } from '../models/transcriber.ts';
import { bodyOf, check, refuseField } from '../read-request.ts';
import type { Refuse } from '../refusal.ts';
import {
  fetchAudio,
  numberedSegments,
  requireLanguage,
  spokenText,
  transcribe,
} from '../speech.ts';
import { computeHeaders } from '../tasks/toolkit-request.ts';

/** What differs between the servers that take speech as a multipart form. */
export interface SpeechForm {
  readonly refuse: Refuse;
  /** Throws if the model is not served; null: the form has no model field. */
  readonly requireModel: ((model: string) => void) | null;
  readonly formats: readonly string[];
  readonly granularityFields: readonly string[];
  /** Null: detected. */
  readonly defaultLanguage: string | null;
  /** The file may be an address instead. */
  readonly takesAddress: boolean;
  readonly verboseBody: (transcription: Transcription, withWords: boolean) => object;
}

const FORMATS = ['json', 'text', 'verbose_json'] as const;

type CommonSpeechForm = Omit<SpeechForm, 'refuse' | 'requireModel'>;

export const openAiSpeechForm: CommonSpeechForm = {
  formats: FORMATS,
  granularityFields: ['timestamp_granularities[]'],
  defaultLanguage: null,
  takesAddress: false,
  verboseBody: (transcription, withWords) =>
    verboseBody(transcription, numberedSegments(transcription), withWords),
};

export const togetherSpeechForm: CommonSpeechForm = {
  formats: ['json', 'verbose_json'],
  granularityFields: ['timestamp_granularities', 'timestamp_granularities[]'],
  defaultLanguage: null,
  takesAddress: true,
  // Segments without the decoder's figures.
  verboseBody: (transcription, withWords) =>
    verboseBody(
      transcription,
      transcription.segments.map(({ start, end, text }, id) => ({ id, start, end, text })),
      withWords,
    ),
};

function verboseBody(
  transcription: Transcription,
  segments: readonly object[],
  withWords: boolean,
): object {
  return {
    task: 'transcribe',
    language: toEnglishName(transcription.language),
    duration: transcription.durationSeconds,
    text: spokenText(transcription),
    segments,
    ...(withWords ? { words: transcription.segments.flatMap(({ words }) => words ?? []) } : {}),
  };
}

const fieldsSchema = z.strictObject({
  model: z.string().min(1).nullable(),
  language: z.string().min(1).nullable(),
  prompt: z.string().min(1).nullable(),
  response_format: z.enum(FORMATS),
  temperature: z.coerce.number().min(0).max(1),
  granularities: z.array(z.enum(['segment', 'word'])),
});

/** `POST …/audio/transcriptions` */
export async function transcribeForm(
  request: FastifyRequest,
  reply: FastifyReply,
  transcriber: Transcriber,
  speechForm: SpeechForm,
): Promise<unknown> {
  const { refuse } = speechForm;
  const form = await parseForm(request, refuse);
  const fields = parseFields(form, speechForm);
  const audio = await readAudio(form, speechForm);
  const language = fields.language ?? speechForm.defaultLanguage;
  const startMs = performance.now();
  const withWords = fields.granularities.includes('word');
  const transcription = await transcribe(
    transcriber,
    {
      audio,
      language: requireLanguage(language, transcriber, () =>
        refuse(400, `Unsupported language: ${language}`, { param: 'language' }),
      ),
      temperature: fields.temperature,
      prompt: fields.prompt,
      wordTimes: withWords,
    },
    () => {
      const message = 'The audio file could not be decoded or its format is not supported.';
      return refuse(400, message, { param: 'file' });
    },
  );
  request.bill(sha256(audio));
  reply.headers(computeHeaders(transcriber.name, startMs));
  reply.header('x-compute-audio-length', String(transcription.durationSeconds));
  if (fields.response_format === 'text') return `${spokenText(transcription)}\n`;
  if (fields.response_format === 'json') return { text: spokenText(transcription) };
  return speechForm.verboseBody(transcription, withWords);
}

async function parseForm(request: FastifyRequest, refuse: Refuse): Promise<FormData> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw refuse(415, 'Content-Type must be multipart/form-data with a boundary');
  }
  try {
    return await new Response(bodyOf(request), { headers: { 'content-type': type } }).formData();
  } catch {
    throw refuse(400, 'Could not parse multipart form');
  }
}

function parseFields(form: FormData, speechForm: SpeechForm): z.infer<typeof fieldsSchema> {
  const { refuse, requireModel, granularityFields } = speechForm;
  const known = ['file', 'language', 'prompt', 'response_format', 'temperature'];
  if (requireModel !== null) known.push('model');
  const unknown = [...form.keys()].find((name) => ![...known, ...granularityFields].includes(name));
  if (unknown !== undefined) {
    throw refuse(400, `Unrecognized request argument supplied: ${unknown}`, { param: unknown });
  }
  const value = {
    model: form.get('model'),
    language: form.get('language'),
    prompt: form.get('prompt'),
    response_format: form.get('response_format') ?? 'json',
    temperature: form.get('temperature') ?? '0',
    granularities: granularityFields.flatMap((name) => form.getAll(name)),
  };
  const fields = check(fieldsSchema, value, refuseField(refuse));
  if (requireModel !== null) {
    if (fields.model === null) throw refuse(400, 'model: it is required', { param: 'model' });
    requireModel(fields.model);
  }
  if (!speechForm.formats.includes(fields.response_format)) {
    const message = `response_format: not one of ${speechForm.formats.join(', ')}`;
    throw refuse(400, message, { param: 'response_format' });
  }
  if (fields.granularities.length > 0 && fields.response_format !== 'verbose_json') {
    throw refuse(400, 'timestamp_granularities needs response_format verbose_json', {
      param: 'timestamp_granularities',
    });
  }
  return fields;
}

async function readAudio(form: FormData, speechForm: SpeechForm): Promise<Uint8Array> {
  const refuse = (message: string) => speechForm.refuse(400, message, { param: 'file' });
  const file = form.get('file');
  if (typeof file === 'string' && speechForm.takesAddress) {
    return fetchAudio(file, (why) => refuse(`Failed to fetch the audio file: ${why}`));
  }
  if (!(file instanceof File)) throw refuse('file: a file part is required');
  if (file.size === 0) throw refuse('The audio file is empty');
  return new Uint8Array(await file.arrayBuffer());
}
