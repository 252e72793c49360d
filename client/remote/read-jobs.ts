import type { z } from 'zod';
import { z as schema } from 'zod';
import type { JobReader } from '../back-end.ts';
import {
  foundJobSchema,
  jobSchema,
  listedJobSchema,
  type progressSchema,
  versionsSchema,
} from '../gateway/jobs/job-schemas.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { GatewayClient } from './gateway-client.ts';
import { jobPath } from './job-path.ts';

/** Reads jobs by the routes of a gateway. */
export const remoteReader = (client: GatewayClient): JobReader => ({
  status: async (job) => {
    const { template, approval, ...facts } = await client.ask(jobSchema, jobPath(job));
    const view = viewOf({ ...facts, approval });
    const status = { ...view.status, approval, template };
    return { view, status };
  },
  follow: async (job, options) => {
    const { followEvents } = await import('./follow-events.ts');
    return await followEvents(client, job, options);
  },
  list: async ({ limit }) =>
    (
      await client.ask(schema.object({ jobs: schema.array(listedJobSchema) }), '/jobs', {
        query: { limit },
      })
    ).jobs,
  search: async ({ limit, words }) => {
    const found = schema.object({ jobs: schema.array(foundJobSchema), cut: schema.number() });
    return await client.ask(found, '/library', { query: { search: words, limit } });
  },
  versions: async (job) => await client.ask(versionsSchema, jobPath(job, '/versions')),
  changes: async (job, version) => {
    const { versionChangesSchema } = await import('../../workflows/contracts/version-changes.ts');
    try {
      return await client.ask(versionChangesSchema, jobPath(job, '/changes'), {
        query: { version },
      });
    } catch (error) {
      // The option has another name than the parameter.
      if (error instanceof Error)
        error.message = error.message.replace(/^--version:/, '--changes:');
      throw error;
    }
  },
  explain: async (job, { item, version }) => {
    const { explanationSchema } = await import('../jobs/explain/explanation.ts');
    return await client.ask(explanationSchema, jobPath(job, '/explain'), {
      query: { item, version },
    });
  },
  result: async (job, wanted) => {
    const { remoteResult } = await import('./remote-result.ts');
    return await remoteResult(client, job, wanted);
  },
});

/** A state as the gateway tells it, as the command line shows it. */
export function viewOf({
  failure,
  failureMessage,
  stages,
  sections,
  unserved,
  id,
  status,
  waitingFor,
  result,
  approval,
  stage,
  chunks,
  degradations,
  costUsd,
}: z.infer<typeof progressSchema>): JobView {
  const { done, total } = chunks;
  const isAnswered = stages !== null && sections !== null && stage !== null;
  return {
    failure,
    failureMessage,
    status: {
      id,
      status,
      waitingFor,
      result,
      approval,
      stage,
      chunks,
      degradations,
      costUsd,
    },
    progress: isAnswered
      ? {
          stage,
          stages,
          chunks: { ...chunks, done: done ?? 0, total: total ?? 0 },
          sections,
          degradations,
          unserved,
        }
      : null,
  };
}
