import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { remarkSchema } from '../../../workflows/contracts/approval.ts';
import { shortTextSchema } from '../../../workflows/contracts/short-text.ts';
import { checkedArgument } from '../../jobs/checked-argument.ts';
import { decide, type WantedDecision } from '../../jobs/decide.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { answerChange, authorOf, type Patience } from './answer-change.ts';
import { by, jobParameters, requestedJob } from './job-parameters.ts';
import { changeSchema } from './job-schemas.ts';

const version = z.number().int().min(1).max(999_999_999);
const read = version.describe('The version that you read: another one that is shown is refused');
const response = { 200: changeSchema, 202: changeSchema };

/** Decisions on minutes; no model is called. */
export const approveRoutes =
  (context: GatewayContext, patience: Patience) =>
  async (app: GatewayApp): Promise<void> => {
    const config = { action: 'jobs:approve' } as const;

    app.post(
      '/jobs/:id/approve',
      {
        config,
        schema: {
          operationId: 'approveJob',
          summary: 'Approve the minutes: their files are frozen by their digests',
          description:
            'The version must be the one that is shown, so that nobody approves what they have not read. What is approved can still be corrected; that makes a draft again.',
          tags: ['jobs'],
          params: jobParameters,
          body: z.strictObject({ version: read, by }),
          response,
        },
      },
      async (request, reply) =>
        await answerDecision({ context, patience }, request, reply, { kind: 'approve' }),
    );

    app.post(
      '/jobs/:id/return',
      {
        config,
        schema: {
          operationId: 'returnJob',
          summary: 'Return the minutes instead of approving them; a correction makes a draft again',
          description:
            'The remark stands in the documents, until a correction takes the place of this version.',
          tags: ['jobs'],
          params: jobParameters,
          body: z.strictObject({
            remark: z
              .string()
              .max(10_000)
              .describe('What has to be corrected; the documents show it'),
            version: read,
            by,
          }),
          response,
        },
      },
      async (request, reply) => {
        const remark = checkedArgument(remarkSchema, 'the remark', request.body.remark);
        return await answerDecision({ context, patience }, request, reply, {
          kind: 'return',
          remark,
        });
      },
    );

    app.post(
      '/jobs/:id/delegate',
      {
        config,
        schema: {
          operationId: 'delegateJob',
          summary: 'Ask somebody else to approve the minutes',
          description: 'The draft goes on to wait, for the person who is named here.',
          tags: ['jobs'],
          params: jobParameters,
          body: z.strictObject({
            to: z.string().max(1_000).describe('Who is asked instead'),
            version: version.optional().describe('The version that is meant'),
            by,
          }),
          response,
        },
      },
      async (request, reply) => {
        const to = checkedArgument(shortTextSchema, 'the name', request.body.to);
        return await answerDecision({ context, patience }, request, reply, {
          kind: 'delegate',
          to,
        });
      },
    );
  };

async function answerDecision(
  { context, patience }: { readonly context: GatewayContext; readonly patience: Patience },
  request: FastifyRequest & {
    readonly params: z.infer<typeof jobParameters>;
    readonly body: { readonly version?: number | undefined; readonly by?: string | undefined };
  },
  reply: FastifyReply,
  wanted: WantedDecision,
): Promise<FastifyReply> {
  const { version, by } = request.body;
  const author = authorOf(request.principal, by);
  const row = await requestedJob(context, request);
  const [library, store] = await Promise.all([
    context.services.library(),
    context.services.store(),
  ]);
  const decision = await decide(row, wanted, version === undefined ? undefined : String(version), {
    library,
    store,
  });
  return await answerChange(context, {
    request,
    reply,
    row,
    patience,
    wanted: { kind: 'approval', by: author, decision },
  });
}
