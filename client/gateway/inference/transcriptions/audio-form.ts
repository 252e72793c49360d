import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isTranscribed } from '../../../../adapters/inference/protocols/reading/iso-language.ts';
import { compareForm } from '../../signature/signed-requests.ts';
import { OpenAiError } from '../open-ai-error.ts';

/** What a transcription is asked for beside its audio. */
const fieldsSchema = z.strictObject({
  model: z.string().min(1).max(200),
  language: z
    .string()
    .refine(isTranscribed, 'is no language that is transcribed: send its ISO 639-1 code')
    .optional(),
  prompt: z.string().max(2_000).optional(),
  temperature: z.coerce.number().min(0).max(1).optional(),
  response_format: z.enum(['json', 'verbose_json', 'text', 'srt', 'vtt']).default('json'),
  'timestamp_granularities[]': z.array(z.enum(['word', 'segment'])).default([]),
  stream: z.literal('false').optional(),
});
export type AudioFields = z.infer<typeof fieldsSchema>;

/**
 * Reads the form of a transcription: writes its file to a folder, which is deleted afterwards, and has it used. Nothing is
 * ever whole in memory. Throws `OpenAiError`, and the errors of the parser, which bounds the form.
 */
export async function withAudioForm<T>(
  request: FastifyRequest,
  use: (form: {
    readonly fields: AudioFields;
    readonly path: string;
    readonly folder: string;
  }) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart()) {
    throw new OpenAiError('media_type_unsupported', 'send a form: multipart/form-data');
  }
  const folder = await mkdtemp(join(tmpdir(), 'hansard-'));
  try {
    const path = join(folder, 'recording');
    const compare = compareForm(request);
    const values = await readForm(request, path);
    await compare();
    return await use({ fields: parseFields(values), path, folder });
  } catch (error) {
    if (error instanceof Error) {
      error.message = error.message.replaceAll(`${folder}${sep}recording`, 'the recording');
    }
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The fields; the file is written to the path. Throws `OpenAiError`. */
async function readForm(
  request: FastifyRequest,
  path: string,
): Promise<ReadonlyMap<string, unknown>> {
  const values = new Map<string, unknown>();
  let hasFile = false;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        if (part.fieldname !== 'file') throw unknownField(part.fieldname);
        await pipeline(part.file, createWriteStream(path));
        hasFile = true;
      } else if (part.fieldname.endsWith('[]')) {
        const list = values.get(part.fieldname) ?? [];
        values.set(part.fieldname, [...(Array.isArray(list) ? list : []), part.value]);
      } else values.set(part.fieldname, part.value);
    }
  } catch (error) {
    throw isMalformed(error) ? new OpenAiError('invalid_request', MALFORMED) : error;
  }
  if (hasFile) return values;
  throw new OpenAiError('invalid_request', 'file is missing', { param: 'file' });
}

/** The parser says so by errors without a code, which those of disk and network have. */
const isMalformed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'Error' && !('code' in error);

const MALFORMED =
  'the form cannot be read: send multipart/form-data whose boundary is in the content type, to its end';

function parseFields(values: ReadonlyMap<string, unknown>): AudioFields {
  const parsed = fieldsSchema.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw unknownField(issue.keys[0] ?? '');
  const param = issue?.path.join('.') ?? null;
  throw new OpenAiError('invalid_request', `${param}: ${issue?.message}`, { param });
}

const unknownField = (name: string): OpenAiError =>
  new OpenAiError('invalid_request', 'the form has a field that nothing is done with', {
    param: name.slice(0, 100),
  });
