import { Readable } from 'node:stream';
import { z } from 'zod';
import { InvalidOptionError, workingFolder } from '../../config.ts';
import { parseApproval } from '../../jobs/approval-options.ts';
import { parseJobOptions } from '../../jobs/job-options.ts';
import { requireTranscribed } from '../../jobs/require-transcribed.ts';
import { submitJob } from '../../jobs/submit-job.ts';
import { submitPorts } from '../../jobs/submit-ports.ts';
import { BUILT_IN, chooseTemplate } from '../../templates/choose-template.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { atOnce } from './at-once.ts';
import { flag, isOn } from './job-parameters.ts';
import { lastPart, takeFiles, withPostedFile } from './posted-file.ts';

/** A template that Hansard has: files of one's own are the command line's. */
export const builtInTemplate = z.enum(['standard', ...BUILT_IN]);

const optionsSchema = z.strictObject({
  name: z.string().max(1_000).optional().describe('Name of the file; its end tells transcripts'),
  title: z.string().max(1_000).optional().describe('Title of the minutes'),
  date: z.string().max(40).optional().describe('Day of the meeting, YYYY-MM-DD'),
  language: z
    .string()
    .max(100)
    .optional()
    .describe('Spoken language: a code or an English name (default: detected)'),
  attendees: z
    .string()
    .max(30_000)
    .optional()
    .describe('Who attended: separated by commas, or by semicolons'),
  template: builtInTemplate.default('standard'),
  image: flag.describe('false: without an illustration'),
  approve: flag.describe('true: the minutes are a draft until somebody approves them'),
  approver: z.string().max(1_000).optional().describe('With approve: who is asked'),
  deadline: z
    .string()
    .max(40)
    .optional()
    .describe('With approve: how long a draft waits, such as 30m, 12h or 7d (default: 7d)'),
  force: flag.describe('true: make the minutes again, and pay again, even if they exist'),
});

/** What is posted whole; larger files are uploaded in parts. */
const MOST_BYTES = 100_000_000;

/** Until it has come over a slow line, is probed, and is stored. */
const LONGEST_MS = 600_000;

const TYPES = /^(?:(?:audio|video|text)\/|application\/(?:octet-stream|json|ogg|x-subrip)(?:;|$))/;

/** Makes a job of a file. */
export const createRoutes =
  (context: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    takeFiles(app, TYPES);
    const post = atOnce(8, 'files on their way');
    app.post(
      '/jobs',
      {
        config: { action: 'jobs:submit' },
        handlerTimeout: LONGEST_MS,
        schema: {
          operationId: 'createJob',
          summary: 'Make minutes of a recording, or of a transcript, of at most 100 MB',
          description:
            'The body is the file. The same file with the same options is the same job, which is not paid for again.',
          tags: ['jobs'],
          consumes: ['application/octet-stream', 'audio/*', 'video/*', 'text/*'],
          querystring: optionsSchema,
          body: z.unknown().meta({ type: 'string', format: 'binary' }),
          response: {
            202: z.object({
              id: z.string(),
              reused: z.boolean().describe('Nothing was started: the job runs, or has its minutes'),
              retitled: z
                .enum(['everywhere', 'list'])
                .optional()
                .describe('The job has the new title; list: its documents keep the old one'),
              approvalIgnored: z
                .literal(true)
                .optional()
                .describe('The job exists, and stays without approval'),
            }),
          },
        },
      },
      async ({ principal, query, body, headers }, reply) => {
        const { tenant } = principal;
        const template = await chooseTemplate(query.template, '/');
        const { title, options } = parseJobOptions(
          { ...query, image: query.image !== 'false' },
          template?.id,
        );
        await requireTranscribed(options.language, context.env, workingFolder(context.env));
        const approval = parseApproval({
          ...query,
          approve: isOn(query.approve) ? true : undefined,
        });
        const name = nameOf(query.name, headers['content-type']);
        const force = isOn(query.force);
        if (!(body instanceof Readable)) {
          throw new InvalidOptionError('the body is empty: post the file itself, with its type');
        }
        const { id, reused, retitled, approvalIgnored } = await post(principal.keyId, () =>
          withPostedFile(body, { name, mostBytes: MOST_BYTES }, (path) =>
            submitJob(
              { tenant, paths: [path], title, options, template, approval, force },
              // Whoever goes away has posted the file all the same.
              submitPorts({ ...context, signal: new AbortController().signal }),
            ),
          ),
        );
        return await reply
          .code(202)
          .header('location', `/api/jobs/${id}`)
          .send({
            id,
            reused,
            ...(retitled && { retitled }),
            ...(approvalIgnored && { approvalIgnored }),
          });
      },
    );
  };

/** Transcripts are known by the end of their names. */
function nameOf(given: string | undefined, contentType = ''): string {
  const name = given === undefined ? null : lastPart(given);
  if (given !== undefined && name === null) {
    throw new InvalidOptionError('name takes the name of a file, such as planning.m4a');
  }
  const type = /^[^;]*/.exec(contentType)?.[0].trim().toLowerCase() ?? '';
  return name ?? NAMES[type] ?? (type.startsWith('text/') ? 'transcript.txt' : 'recording');
}

const NAMES: Readonly<Record<string, string>> = {
  'text/vtt': 'transcript.vtt',
  'application/x-subrip': 'transcript.srt',
  'application/json': 'transcript.json',
};
