import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { keptBodyOf } from '../kept-body.ts';
import { bodyOf, check, parseJson } from '../read-request.ts';
import { taskRefusal } from '../refusal.ts';

/*
 * The toolkit compares Content-Type and Accept with one map, exactly: no spaces, no other case, no lists.
 * huggingface-inference-toolkit, serialization/base.py.
 */
const JSON_TYPES = ['application/json', 'application/json; charset=UTF-8'];
const AUDIO_TYPES =
  /^audio\/(flac|x-flac|mpeg|x-mpeg-3|wave|wav|x-wav|ogg|x-audio|webm|webm;codecs=opus|AMR|amr|AMR-WB|AMR-WB\+|m4a|x-m4a)$/;
/** Picture types that sharp can write, by media type; the toolkit's others can only be read. */
const IMAGE_FORMATS = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/tiff': 'tiff',
  'image/gif': 'gif',
  'image/webp': 'webp',
} as const;
const IMAGE_TYPES = [...Object.keys(IMAGE_FORMATS), 'image/bmp', 'image/x-image'];

export type ContentKind = 'json' | 'audio' | 'image';

/** What differs between servers that speak the toolkit's language. */
export interface ToolkitServer {
  /** A body without a Content-Type is refused; else it is what the task takes. */
  readonly needsType: boolean;
}

/** `takes`: what the task makes of a body that does not say what it is. */
export function readContentKind(
  { headers: { 'content-type': type } }: FastifyRequest,
  { needsType }: ToolkitServer,
  takes: ContentKind,
): ContentKind {
  if (type === undefined && needsType) {
    throw taskRefusal(400, 'No content type provided and no default one configured.');
  }
  const isBytes = type === 'application/octet-stream' && takes !== 'json';
  if (type === undefined || isBytes) return takes;
  if (JSON_TYPES.includes(type)) return 'json';
  if (AUDIO_TYPES.test(type)) return 'audio';
  if (IMAGE_TYPES.includes(type)) return 'image';
  throw taskRefusal(400, `Content type "${type}" not supported.`);
}

/** The picture format that the client accepts, JSON, or any type. */
export function readAccept({ headers: { accept = '*/*' } }: FastifyRequest) {
  if (accept === '*/*') return 'any';
  if (JSON_TYPES.includes(accept)) return 'json';
  const format = Object.entries(IMAGE_FORMATS).find(([type]) => type === accept)?.[1];
  if (format === undefined) throw taskRefusal(400, `Accept type "${accept}" not supported.`);
  return { type: accept, format };
}

/** A task's request as the toolkit understands it. */
interface TaskInput {
  readonly kind: ContentKind;
  /** Bytes for a raw body, none if it is kept in a file; else the `inputs` of the JSON. */
  readonly inputs: Uint8Array | string;
  /** Null: none were given, which is not the same as an empty object. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
}

const jsonSchema = z.strictObject({
  inputs: z.string({ error: 'Body needs to provide a inputs key with a text' }),
  parameters: z.record(z.string(), z.unknown()).nullable().default(null),
});

/** Raw bytes have their parameters in the query string; JSON needs `inputs`. */
export function readTaskInput(
  request: FastifyRequest,
  server: ToolkitServer,
  takes: ContentKind,
): TaskInput {
  const kind = readContentKind(request, server, takes);
  if (kind === 'json') {
    const json = check(jsonSchema, parseJson(request, taskRefusal), (message, path, isUnknown) => {
      const strange = `__call__() got an unexpected keyword argument '${path.join('.')}'`;
      return taskRefusal(400, isUnknown ? strange : message);
    });
    return { kind, ...json };
  }
  const isKept = keptBodyOf(request) !== null;
  const inputs = isKept ? new Uint8Array() : bodyOf(request);
  if (inputs.length === 0 && !isKept) throw taskRefusal(400, 'The request has no body');
  const query = [...new URL(request.url, 'http://localhost').searchParams];
  if (query.length === 0) return { kind, inputs, parameters: null };
  const parameters = query.map(([name, value]) => [name, readQueryValue(value)]);
  return { kind, inputs, parameters: Object.fromEntries(parameters) };
}

/** Whole numbers and booleans only, as the toolkit converts them; the rest stays text. */
function readQueryValue(value: string): unknown {
  if (/^\d+$/.test(value)) return Number(value);
  return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
}

/** Reads a task whose input is a text. */
export function readTextTask<T>(
  request: FastifyRequest,
  server: ToolkitServer,
  schema: z.ZodType<T>,
  pipeline: string,
): { readonly inputs: string; readonly parameters: T } {
  const { inputs, parameters } = readTaskInput(request, server, 'json');
  if (typeof inputs !== 'string') {
    throw taskRefusal(400, `${pipeline} takes JSON with a text or a prompt under inputs`);
  }
  return { inputs, parameters: readParameters(schema, parameters, pipeline) };
}

/** Base64 with padding, without white space and without the URL alphabet: Python's `validate=True`. */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw taskRefusal(400, 'Incorrect padding');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw taskRefusal(400, 'Only base64 data is allowed');
  }
  return Buffer.from(text, 'base64');
}

/** Checks `parameters`; an unknown name is refused in the pipeline's own words. */
export const readParameters = <T>(
  schema: z.ZodType<T>,
  parameters: TaskInput['parameters'],
  pipeline: string,
): T =>
  check(schema, parameters ?? {}, (message, path, isUnknown) => {
    if (!isUnknown) return taskRefusal(400, message);
    const key = path.at(-1);
    return taskRefusal(
      400,
      path.length === 1
        ? `${pipeline}._sanitize_parameters() got an unexpected keyword argument '${key}'`
        : `The following \`model_kwargs\` are not used by the model: ['${key}']`,
    );
  });
