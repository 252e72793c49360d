import { z } from 'zod';
import { versionChangesSchema } from '../../../workflows/contracts/version-changes.ts';
import { explainJob } from '../../jobs/explain/explain-job.ts';
import { explanationSchema } from '../../jobs/explain/explanation.ts';
import { fetchChanges } from '../../jobs/fetch-changes.ts';
import { listed } from '../../jobs/listed-job.ts';
import { readStatus } from '../../jobs/read-status.ts';
import { readVersions } from '../../jobs/read-versions.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { answerState } from './conditional.ts';
import { jobParameters, requestedJob, requestedVersion, versionQuery } from './job-parameters.ts';
import { jobSchema, notModified, versionsSchema } from './job-schemas.ts';
import { progressOf } from './job-watchers.ts';

/** What is known of one job, and of its minutes. */
export const readRoutes =
  (context: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    const { services } = context;
    const config = { action: 'jobs:read' } as const;

    app.get(
      '/jobs/:id',
      {
        config,
        schema: {
          operationId: 'readJob',
          summary: 'A job, and how it stands',
          description: 'With If-None-Match, a job that has not changed is answered with 304.',
          tags: ['jobs'],
          params: jobParameters,
          response: { 200: jobSchema, 304: notModified },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        const { view, status } = await readStatus(row, services);
        const { failure, failureMessage } = view;
        const facts = { ...progressOf(view), failure, failureMessage };
        const job = { ...listed(row), ...status, ...facts };
        return answerState(request, reply, job);
      },
    );

    app.get(
      '/jobs/:id/versions',
      {
        config,
        schema: {
          operationId: 'listVersions',
          summary: "The versions of a job's minutes, newest first",
          description:
            'A run makes a version, and so does each correction and each decision of a person.',
          tags: ['jobs'],
          params: jobParameters,
          response: { 200: versionsSchema, 304: notModified },
        },
      },
      async (request, reply) => {
        const row = await requestedJob(context, request);
        return answerState(request, reply, await readVersions(row, services));
      },
    );

    app.get(
      '/jobs/:id/explain',
      {
        config,
        schema: {
          operationId: 'explainJob',
          summary:
            'Where each statement comes from: the words, the recording, the calls, the ledger',
          description:
            'For each statement, the words of the transcript that it cites, their times in the recording, and the calls of models that it follows from.',
          tags: ['jobs'],
          params: jobParameters,
          querystring: versionQuery.extend({
            item: z
              .string()
              .max(100)
              .optional()
              .describe('One statement, such as d2, or summary (default: all of them)'),
          }),
          response: { 200: explanationSchema, 304: notModified },
        },
      },
      async (request, reply) => {
        const row = await requestedVersion(context, request);
        const [store, database, library] = await Promise.all([
          services.store(),
          services.database(),
          services.library(),
        ]);
        const ports = { store, database, library };
        const explanation = await explainJob(row, ports, { item: request.query.item });
        return answerState(request, reply, explanation);
      },
    );

    app.get(
      '/jobs/:id/changes',
      {
        config,
        schema: {
          operationId: 'readChanges',
          summary: 'What a person changed in a version',
          description:
            'Field by field, against the version that the person had before them. A version that a run made has none.',
          tags: ['jobs'],
          params: jobParameters,
          querystring: versionQuery,
          response: { 200: versionChangesSchema, 304: notModified },
        },
      },
      async (request, reply) => {
        const row = await requestedVersion(context, request);
        const changes = await fetchChanges(row, await services.store());
        return answerState(request, reply, changes);
      },
    );
  };
