import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { fetchMedia, MediaUnreachable } from '../http/media.ts';
import type { Refuse } from '../http/refusal.ts';
import { jsonReply, textReply, type Reply } from '../http/reply.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { check, refuseField } from '../http/read-json.ts';
import { readLanguage } from '../models/language-names.ts';
import { spokenText } from './verbose-transcription.ts';
import { UnreadableAudio, type Transcriber, type Transcription } from '../models/transcriber.ts';

const FORMATS = ['json', 'text', 'verbose_json'] as const;
type Format = (typeof FORMATS)[number];

/** What differs between the servers that take speech as a multipart form. */
export interface FormDialect {
  readonly refuse: Refuse;
  /** Throws where the model is not served; null: the form has no model. */
  readonly checkModel: ((model: string) => void) | null;
  readonly formats: readonly Format[];
  readonly granularityFields: readonly string[];
  /** Null: detected. */
  readonly defaultLanguage: string | null;
  /** The file may be an address instead. */
  readonly takesAddress: boolean;
  readonly verboseBody: (transcription: Transcription, withWords: boolean) => object;
  readonly headers: Readonly<Record<string, string>>;
}

const fieldsSchema = z.strictObject({
  model: z.string().min(1).nullable(),
  language: z.string().min(1).nullable(),
  prompt: z.string().min(1).nullable(),
  response_format: z.enum(FORMATS),
  temperature: z.coerce.number().min(0).max(1),
  granularities: z.array(z.enum(['segment', 'word'])),
});
type Fields = z.infer<typeof fieldsSchema>;

export async function transcribeForm(
  { headers, body }: RouteRequest,
  transcriber: Transcriber,
  dialect: FormDialect,
): Promise<ModelAnswer> {
  const form = await parseForm(headers['content-type'], body, dialect);
  const fields = parseFields(form, dialect);
  const audio = await readAudio(form, dialect);
  const wanted = fields.language ?? dialect.defaultLanguage;
  const language = wanted === null ? null : readLanguage(wanted, transcriber);
  if (wanted !== null && language === null) {
    throw dialect.refuse(400, `Unsupported language: ${wanted}`, { param: 'language' });
  }
  const withWords = fields.granularities.includes('word');
  const startMs = performance.now();
  const transcription = await transcriber
    .transcribe({
      audio,
      language,
      task: 'transcribe',
      beams: 1,
      temperature: fields.temperature,
      maxNewTokens: null,
      noRepeatNgramSize: 0,
      prompt: fields.prompt,
      wordTimes: withWords,
      limitSeconds: null,
    })
    .catch((error: unknown) => {
      if (!(error instanceof UnreadableAudio)) throw error;
      const message = 'The audio file could not be decoded or its format is not supported.';
      throw dialect.refuse(400, message, { param: 'file' });
    });
  const facts = {
    'x-sha': transcriber.name,
    'x-compute-type': 'cpu',
    'x-compute-time': ((performance.now() - startMs) / 1000).toFixed(3),
    'x-compute-audio-length': String(transcription.durationSeconds),
    ...dialect.headers,
  };
  const reply = toReply(transcription, fields.response_format, facts, () =>
    dialect.verboseBody(transcription, withWords),
  );
  return { inputDigest: sha256(audio), reply };
}

async function parseForm(
  contentType: string | undefined,
  body: Uint8Array,
  { refuse }: FormDialect,
): Promise<FormData> {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) {
    throw refuse(415, 'Content-Type must be multipart/form-data with a boundary');
  }
  try {
    const headers = { 'content-type': contentType };
    return await new Response(Buffer.from(body), { headers }).formData();
  } catch {
    throw refuse(400, 'Could not parse multipart form');
  }
}

function parseFields(form: FormData, dialect: FormDialect): Fields {
  const { refuse, checkModel, granularityFields } = dialect;
  const known = new Set([
    'file',
    'language',
    'prompt',
    'response_format',
    'temperature',
    ...(checkModel === null ? [] : ['model']),
    ...granularityFields,
  ]);
  const unknown = [...form.keys()].find((name) => !known.has(name));
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
  if (checkModel !== null) {
    if (fields.model === null) throw refuse(400, 'model: it is required', { param: 'model' });
    checkModel(fields.model);
  }
  if (!dialect.formats.includes(fields.response_format)) {
    const message = `response_format: not one of ${dialect.formats.join(', ')}`;
    throw refuse(400, message, { param: 'response_format' });
  }
  if (fields.granularities.length > 0 && fields.response_format !== 'verbose_json') {
    throw refuse(400, 'timestamp_granularities needs response_format verbose_json', {
      param: 'timestamp_granularities',
    });
  }
  return fields;
}

async function readAudio(form: FormData, dialect: FormDialect): Promise<Uint8Array> {
  const { refuse } = dialect;
  const param = 'file';
  const file = form.get(param);
  if (typeof file === 'string' && dialect.takesAddress) {
    return fetchMedia(file).catch((error: unknown) => {
      if (!(error instanceof MediaUnreachable)) throw error;
      throw refuse(400, `Failed to fetch the audio file: ${error.message}`, { param });
    });
  }
  if (!(file instanceof File)) throw refuse(400, 'file: a file part is required', { param });
  if (file.size === 0) throw refuse(400, 'The audio file is empty', { param });
  return new Uint8Array(await file.arrayBuffer());
}

function toReply(
  transcription: Transcription,
  format: Format,
  headers: Readonly<Record<string, string>>,
  verboseBody: () => object,
): Reply {
  const text = spokenText(transcription);
  if (format === 'text') return textReply(`${text}\n`, headers);
  return jsonReply(format === 'json' ? { text } : verboseBody(), headers);
}
