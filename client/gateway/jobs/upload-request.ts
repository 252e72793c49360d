import { Readable } from 'node:stream';
import { z } from 'zod';
import { MOST_FILES } from '../../../workflows/contracts/job-input.ts';
import { optionsInJson } from './submission-options.ts';

/** Uploads to make a job of, and the options of `submit`. */
const uploadRequestSchema = z
  .strictObject({
    upload: z.string().max(64).optional().describe('Id of a complete upload'),
    uploads: z
      .array(z.string().max(64))
      .min(1)
      .max(MOST_FILES)
      .optional()
      .describe('Or several, which are one recording in this order'),
    ...optionsInJson,
  })
  .refine(
    ({ upload, uploads }) => (upload === undefined) !== (uploads === undefined),
    'takes either upload or uploads',
  )
  .refine(({ uploads, name }) => uploads === undefined || name === undefined, {
    path: ['name'],
    message: 'is for one upload: each of several has its own',
  });
export type UploadRequest = z.infer<typeof uploadRequestSchema>;

/**
 * Whether JSON is a request with uploads, by its members; else it is a file: a transcript. Of a file, only the beginning is
 * read here.
 */
export async function requestOrFile(body: Readable): Promise<unknown> {
  const blocks: AsyncIterator<unknown> = body.iterator({ destroyOnReturn: false });
  const head: Buffer[] = [];
  for (let bytes = 0; bytes <= MOST_BYTES;) {
    const { done, value } = await blocks.next();
    if (done === true) return requestIn(Buffer.concat(head)) ?? Readable.from(head);
    if (!Buffer.isBuffer(value)) throw new TypeError('the body was not read as bytes');
    head.push(value);
    bytes += value.byteLength;
  }
  return Readable.from(rest(head, blocks));
}

/** With the longest options; a transcript of this size is read twice. */
const MOST_BYTES = 256 * 1024;

async function* rest(head: readonly Buffer[], blocks: AsyncIterator<unknown>) {
  yield* head;
  for (;;) {
    const { done, value } = await blocks.next();
    if (done === true) return;
    yield value;
  }
}

function requestIn(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    const isRequest =
      typeof value === 'object' && value !== null && ('upload' in value || 'uploads' in value);
    return isRequest ? value : null;
  } catch {
    return null;
  }
}

/** A file stays what it is; a request has to fit its schema. */
export const fileOrRequestSchema = z
  .unknown()
  .transform((body, context): Readable | UploadRequest | null => {
    if (body instanceof Readable) return body;
    if (body === undefined || body === null) return null;
    const parsed = uploadRequestSchema.safeParse(body);
    if (parsed.success) return parsed.data;
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
    return z.NEVER;
  })
  .meta(described());

/** One schema for files of any type, and one for JSON. */
function described() {
  const { $schema: _, ...request } = z.toJSONSchema(uploadRequestSchema, { io: 'input' });
  const file = { schema: { type: 'string', format: 'binary' } };
  return {
    content: {
      'application/octet-stream': file,
      'audio/*': file,
      'video/*': file,
      'text/*': file,
      'application/json': { schema: request },
    },
  };
}
