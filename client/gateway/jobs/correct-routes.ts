import { z } from 'zod';
import type { SummaryCalls } from '../../../workflows/contracts/activities.ts';
import { writtenByPeople } from '../../jobs/explain/written-by-people.ts';
import { joinSpeakers, renameSpeaker } from '../../jobs/speaker-changes.ts';
import { parseSummaryChange } from '../../jobs/summary-change.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { answerChange, authorOf, type Patience } from './answer-change.ts';
import { builtInTemplate } from './submission-options.ts';
import { by, jobParameters, requestedJob } from './job-parameters.ts';
import { changeSchema } from './job-schemas.ts';

const speaker = z.string().max(100).describe('Id of the speaker, such as S1');
const response = { 200: changeSchema, 202: changeSchema };

/** Changes of minutes, each of which makes a next version. */
export const correctRoutes =
  (context: GatewayContext, patience: Patience) =>
  async (app: GatewayApp): Promise<void> => {
    const { services } = context;
    const config = { action: 'jobs:correct' } as const;

    app.post(
      '/jobs/:id/rename-speaker',
      {
        config,
        schema: {
          operationId: 'renameSpeaker',
          summary: 'Give a speaker a name in every document; no model is called',
          description: 'Makes a next version of the minutes; the one before stays as it is.',
          tags: ['jobs'],
          params: jobParameters,
          body: z.strictObject({ speaker, name: z.string().max(1_000), by }),
          response,
        },
      },
      async (request, reply) => {
        const { body, principal } = request;
        const change = renameSpeaker(body.speaker, body.name);
        const wanted = { ...change, by: authorOf(principal, body.by) };
        const row = await requestedJob(context, request);
        return await answerChange(context, { request, reply, row, wanted, patience });
      },
    );

    app.post(
      '/jobs/:id/join-speakers',
      {
        config,
        schema: {
          operationId: 'joinSpeakers',
          summary: 'Make two speakers one, where one voice was taken for two; no model is called',
          description:
            'Makes a next version of the minutes, in which everything that was said by the one is said by the other.',
          tags: ['jobs'],
          params: jobParameters,
          body: z.strictObject({
            speaker,
            into: speaker.describe('Id of the speaker that stays'),
            by,
          }),
          response,
        },
      },
      async (request, reply) => {
        const { body, principal } = request;
        const change = joinSpeakers(body.speaker, body.into);
        const wanted = { ...change, by: authorOf(principal, body.by) };
        const row = await requestedJob(context, request);
        return await answerChange(context, { request, reply, row, wanted, patience });
      },
    );

    app.post(
      '/jobs/:id/resummarize',
      {
        config,
        schema: {
          operationId: 'resummarizeJob',
          summary: 'Write the summary anew, from the transcript that the job shows',
          description:
            'Without confirm, nothing is paid for: if it takes calls, the answer (asked) says which, and nothing changes; if their answers are stored already, it is made. With confirm, the calls are made, and paid for.',
          tags: ['jobs'],
          params: jobParameters,
          body: z.strictObject({
            template: builtInTemplate.optional().describe('Default: as the minutes are'),
            language: z
              .string()
              .max(100)
              .optional()
              .describe('The language to write in (default: as the minutes are)'),
            target: z
              .string()
              .min(1)
              .max(100)
              .optional()
              .describe('The only target to ask: answers of others do not count'),
            confirm: z.boolean().default(false).describe('Make the calls'),
            by,
          }),
          response,
        },
      },
      async (request, reply) => {
        const { body, principal } = request;
        const { change, template } = await parseSummaryChange(body, '/');
        const wanted = { ...change, by: authorOf(principal, body.by) };
        const row = await requestedJob(context, request);
        const [store, library] = await Promise.all([services.store(), services.library()]);
        const written = await writtenByPeople(row, store, library);
        const isReplaced = written.statements > 0 || written.summary;
        let calls: SummaryCalls | undefined;
        const confirm = (asked: SummaryCalls): Promise<boolean> => {
          calls = asked;
          return Promise.resolve(body.confirm);
        };
        const needs = {
          template,
          confirm,
          ...(!body.confirm && { signal: AbortSignal.timeout(patience.callsMs) }),
        };
        const more = () => ({
          ...(calls !== undefined && { calls }),
          ...(isReplaced && { replaced: written }),
        });
        try {
          return await answerChange(context, {
            request,
            reply,
            row,
            wanted,
            patience,
            needs,
            more,
          });
        } catch (error) {
          throw error instanceof Error && error.name === 'TimeoutError'
            ? new NoAnswerError(row.id)
            : error;
        }
      },
    );
  };

class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor(id: string) {
    super(
      `no worker said in time which calls a new summary of job ${id} takes: nothing was called, and nothing changed; try again later`,
    );
  }
}
