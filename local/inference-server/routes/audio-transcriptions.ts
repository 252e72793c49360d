import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { jsonReply, textReply } from '../http/reply.ts';
import { openAiRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { findModel } from '../models/catalogue.ts';
import { readLanguage, toEnglishName } from '../models/language-names.ts';
import { UnreadableAudio, type Transcriber, type Transcription } from '../models/transcriber.ts';

const fieldsSchema = z.strictObject({
  model: z.string().min(1),
  language: z.string().min(1).nullable(),
  prompt: z.string().min(1).nullable(),
  response_format: z.enum(['json', 'text', 'verbose_json']),
  temperature: z.coerce.number().min(0).max(1),
  granularities: z.array(z.enum(['segment', 'word'])),
});
type Fields = z.infer<typeof fieldsSchema>;

const FIELD_NAMES = new Set([
  'file',
  'model',
  'language',
  'prompt',
  'response_format',
  'temperature',
  'timestamp_granularities[]',
]);

export const audioTranscriptions = (transcriber: Transcriber): Route => ({
  kind: 'model',
  method: 'POST',
  pattern: /^\/v1\/audio\/transcriptions$/,
  role: () => 'transcribe',
  handle: async ({ headers, body }) => {
    const form = await parseForm(headers['content-type'], body);
    const fields = parseFields(form);
    const audio = await readFile(form);
    const language = fields.language === null ? null : readLanguage(fields.language, transcriber);
    if (fields.language !== null && language === null) {
      throw openAiRefusal(400, `Unsupported language: ${fields.language}`, { param: 'language' });
    }
    const startMs = performance.now();
    const transcription = await transcriber
      .transcribe({
        audio,
        language,
        task: 'transcribe',
        beams: 1,
        temperature: fields.temperature,
        maxNewTokens: null,
        prompt: fields.prompt,
        wordTimes: fields.granularities.includes('word'),
        limitSeconds: null,
      })
      .catch(refuseUnreadable);
    return {
      inputDigest: sha256(audio),
      reply: toReply(transcription, fields, {
        'x-sha': transcriber.name,
        'x-compute-type': 'cpu',
        'x-compute-time': ((performance.now() - startMs) / 1000).toFixed(3),
        'x-compute-audio-length': String(transcription.durationSeconds),
      }),
    };
  },
});

async function parseForm(contentType: string | undefined, body: Uint8Array): Promise<FormData> {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) {
    throw openAiRefusal(415, 'Content-Type must be multipart/form-data with a boundary');
  }
  try {
    const headers = { 'content-type': contentType };
    return await new Response(Buffer.from(body), { headers }).formData();
  } catch {
    throw openAiRefusal(400, 'Could not parse multipart form');
  }
}

function parseFields(form: FormData): Fields {
  const unknown = [...form.keys()].find((name) => !FIELD_NAMES.has(name));
  if (unknown !== undefined) {
    throw openAiRefusal(400, `Unrecognized request argument supplied: ${unknown}`, {
      param: unknown,
    });
  }
  const parsed = fieldsSchema.safeParse({
    model: form.get('model'),
    language: form.get('language'),
    prompt: form.get('prompt'),
    response_format: form.get('response_format') ?? 'json',
    temperature: form.get('temperature') ?? '0',
    granularities: form.getAll('timestamp_granularities[]'),
  });
  if (!parsed.success) {
    throw openAiRefusal(400, z.prettifyError(parsed.error), {
      param: parsed.error.issues[0]?.path.join('.') ?? '',
    });
  }
  const fields = parsed.data;
  if (findModel(fields.model)?.task !== 'automatic-speech-recognition') {
    throw openAiRefusal(404, `The model '${fields.model}' does not exist`, {
      param: 'model',
      code: 'model_not_found',
    });
  }
  if (fields.granularities.length > 0 && fields.response_format !== 'verbose_json') {
    throw openAiRefusal(400, 'timestamp_granularities needs response_format verbose_json', {
      param: 'timestamp_granularities',
    });
  }
  return fields;
}

async function readFile(form: FormData): Promise<Uint8Array> {
  const file = form.get('file');
  if (!(file instanceof File)) {
    throw openAiRefusal(400, 'file: a file part is required', { param: 'file' });
  }
  if (file.size === 0) throw openAiRefusal(400, 'The audio file is empty', { param: 'file' });
  return new Uint8Array(await file.arrayBuffer());
}

function refuseUnreadable(error: unknown): never {
  if (!(error instanceof UnreadableAudio)) throw error;
  throw openAiRefusal(400, 'The audio file could not be decoded or its format is not supported.', {
    param: 'file',
  });
}

function toReply(
  transcription: Transcription,
  fields: Fields,
  headers: Readonly<Record<string, string>>,
) {
  const text = transcription.segments
    .map((segment) => segment.text)
    .join('')
    .trim();
  if (fields.response_format === 'text') return textReply(`${text}\n`, headers);
  if (fields.response_format === 'json') return jsonReply({ text }, headers);
  const words = transcription.segments.flatMap((segment) => segment.words ?? []);
  return jsonReply(
    {
      task: 'transcribe',
      language: toEnglishName(transcription.language),
      duration: transcription.durationSeconds,
      text,
      segments: transcription.segments.map(({ words: _words, ...segment }, id) => ({
        id,
        ...segment,
      })),
      ...(fields.granularities.includes('word') ? { words } : {}),
    },
    headers,
  );
}
