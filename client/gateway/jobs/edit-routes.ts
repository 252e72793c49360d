import { Readable } from 'node:stream';
import { z } from 'zod';
import { InvalidOptionError } from '../../config.ts';
import { editedChangeApart } from '../../jobs/edited-change-apart.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { atOnce } from './at-once.ts';
import { answerChange, authorOf, type Patience } from './answer-change.ts';
import { by, jobParameters, requestedJob, versionQuery } from './job-parameters.ts';
import { changeSchema } from './job-schemas.ts';
import { takeFiles, withPostedFile } from './posted-file.ts';

/** As the command line takes it. */
const MOST_BYTES = 32_000_000;

/** Takes a corrected document back. */
export const editRoutes =
  (context: GatewayContext, patience: Patience) =>
  async (app: GatewayApp): Promise<void> => {
    const post = atOnce({ ofKey: 8, ofAll: 32 }, 'files on their way');
    takeFiles(app, /^application\/(?:json|octet-stream)(?:;|$)/);
    app.post(
      '/jobs/:id/edit',
      {
        config: { action: 'jobs:correct' },
        schema: {
          operationId: 'editJob',
          summary:
            'Take a corrected minutes.json or transcript.json back, as the next version; no model is called',
          description:
            'The body is the whole file, as exports gave it, with the corrections of a person. What the machine measured or counted cannot be changed, and is refused with its place in the file.',
          tags: ['jobs'],
          consumes: ['application/json'],
          params: jobParameters,
          querystring: z.strictObject({
            version: versionQuery.shape.version.describe(
              'The version that the file was made from (minutes.json says it)',
            ),
            by,
          }),
          body: z.unknown().describe('The corrected file'),
          response: { 200: changeSchema, 202: changeSchema },
        },
      },
      async (request, reply) => {
        const { body, query, principal } = request;
        const author = authorOf(principal, query.by);
        const row = await requestedJob(context, request);
        if (!(body instanceof Readable)) {
          throw new InvalidOptionError('the body is empty: post the corrected file itself');
        }
        const store = await context.services.store();
        const edited = await post(principal.keyId, () =>
          withPostedFile(
            body,
            { name: 'the body', mostBytes: MOST_BYTES },
            async (path) =>
              await editedChangeApart(
                { path, row, madeFrom: query.version, env: context.env },
                store,
              ),
          ),
        );
        const wanted = edited && { kind: 'edit' as const, edited, by: author };
        return await answerChange(context, { request, reply, row, wanted, patience });
      },
    );
  };
