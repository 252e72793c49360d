import { Readable } from 'node:stream';
import { InvalidOptionError } from '../../config.ts';
import { standOfJob } from '../../jobs/stand-of-job.ts';
import { submitJob, type SubmittedJob } from '../../jobs/submit-job.ts';
import { submitPorts } from '../../jobs/submit-ports.ts';
import type { GatewayApp, GatewayContext, Principal } from '../gateway-app.ts';
import { createUploadJobs } from '../uploads/upload-jobs.ts';
import { atOnce } from './at-once.ts';
import { submittedSchema } from './job-schemas.ts';
import { MOST_POSTED_BYTES } from './most-posted.ts';
import { requiredName, takeFiles, withPostedFile } from './posted-file.ts';
import { fromAddress, optionsInAddress, submissionOf } from './submission-options.ts';
import { fileOrRequestSchema, requestOrFile } from './upload-request.ts';

/** Until it has come over a slow line, is probed, and is stored; or a large upload is read. */
const LONGEST_MS = 600_000;

const TYPES = /^(?:(?:audio|video|text)\/|application\/(?:octet-stream|ogg|x-subrip)(?:;|$))/;

/** Makes a job of a file, or of uploads. */
export const createRoutes =
  (context: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    takeFiles(app, TYPES);
    app.addContentTypeParser('application/json', async (_: unknown, payload: Readable) =>
      requestOrFile(payload),
    );
    const post = atOnce({ ofKey: 8, ofAll: 32 }, 'files on their way');
    const ofUploads = createUploadJobs(context);
    const ofFile = async (
      { keyId, tenant }: Principal,
      options: ReturnType<typeof fromAddress>,
      { body, name }: { readonly body: Readable; readonly name: string },
    ): Promise<SubmittedJob> => {
      const submission = await submissionOf(context, tenant, options);
      return await post(keyId, () =>
        withPostedFile(body, { name, mostBytes: MOST_POSTED_BYTES }, (path) =>
          submitJob(
            { ...submission, paths: [path] },
            // Whoever goes away has posted the file all the same.
            submitPorts({ ...context, signal: new AbortController().signal }),
          ),
        ),
      );
    };

    app.post(
      '/jobs',
      {
        config: { action: 'jobs:submit' },
        handlerTimeout: LONGEST_MS,
        schema: {
          operationId: 'createJob',
          summary:
            'Make minutes of a recording, or of a transcript: of a file of at most 100 MB, or of uploads',
          description:
            'The body is the file, or JSON that names uploads. The same file with the same options is the same job, which is not paid for again.',
          tags: ['jobs'],
          querystring: optionsInAddress,
          body: fileOrRequestSchema,
          response: { 202: submittedSchema },
        },
      },
      async ({ principal, query, body, headers, raw }, reply) => {
        const submitted = async (): Promise<SubmittedJob> => {
          if (body instanceof Readable || body === null) {
            const file = { body: given(body), name: nameOf(query.name, headers['content-type']) };
            return await ofFile(principal, fromAddress(query), file);
          }
          if (raw.url?.includes('?') === true) {
            throw new InvalidOptionError(
              'options of uploads stand in the body, not in the address',
            );
          }
          return await ofUploads(
            principal,
            await submissionOf(context, principal.tenant, body),
            body,
          );
        };
        const job = await submitted();
        return await reply
          .code(202)
          .header('location', `/api/jobs/${job.id}`)
          .send({ ...job, ...(await standOfJob(job, principal.tenant, context.services)) });
      },
    );
  };

function given(body: Readable | null): Readable {
  if (body !== null) return body;
  throw new InvalidOptionError('the body is empty: post the file itself, with its type');
}

/** Transcripts are known by the end of their names. */
function nameOf(given: string | undefined, contentType = ''): string {
  if (given !== undefined) return requiredName(given);
  const type = /^[^;]*/.exec(contentType)?.[0].trim().toLowerCase() ?? '';
  return NAMES[type] ?? (type.startsWith('text/') ? 'transcript.txt' : 'recording');
}

const NAMES: Readonly<Record<string, string>> = {
  'text/vtt': 'transcript.vtt',
  'application/x-subrip': 'transcript.srt',
  'application/json': 'transcript.json',
};
