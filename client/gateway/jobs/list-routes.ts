import { z } from 'zod';
import { listed, listedFound } from '../../jobs/listed-job.ts';
import { searchedWords } from '../../jobs/searched-words.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { foundJobSchema, LISTED_STATUSES, listedJobSchema } from './job-schemas.ts';

const cursor = z.string().max(200).optional().describe('next of the page before');
const next = z.string().nullable().describe('cursor of the next page; null: there is none');
const limit = z.coerce.number().int().min(1).max(1_000).default(20).describe('How many at most');

/** The jobs of a tenant: in pages, and those that have some words. */
export const listRoutes =
  ({ services }: GatewayContext) =>
  async (app: GatewayApp): Promise<void> => {
    app.get(
      '/jobs',
      {
        config: { action: 'jobs:read' },
        schema: {
          operationId: 'listJobs',
          summary: 'The jobs, newest first',
          description:
            'In pages: next of one is cursor of the one behind it. Jobs that are submitted meanwhile move nothing.',
          tags: ['jobs'],
          querystring: z.strictObject({
            limit,
            cursor,
            status: z.enum(LISTED_STATUSES).optional(),
          }),
          response: {
            200: z.object({
              jobs: z.array(listedJobSchema),
              next,
            }),
          },
        },
      },
      async ({ principal, query }) => {
        const after = query.cursor === undefined ? null : readCursor(query.cursor);
        const library = await services.library();
        const now = new Date();
        const status = query.status ?? null;
        const page = await library.page(principal.tenant, {
          limit: query.limit,
          after,
          status,
          now,
        });
        return {
          jobs: page.jobs.map((row) => listed(row, now)),
          next: page.next && writeCursor(page.next),
        };
      },
    );

    app.get(
      '/library',
      {
        config: { action: 'jobs:read' },
        schema: {
          operationId: 'searchLibrary',
          summary:
            'The jobs that have all these words in title, minutes or transcript, newest first',
          description:
            'Words of any language, without regard to case, in pages as the list of jobs. Each job has the first line that has one of the words.',
          tags: ['library'],
          querystring: z.strictObject({
            search: z.string().describe('Words, of any language'),
            limit,
            cursor,
          }),
          response: {
            200: z.object({
              jobs: z.array(foundJobSchema),
              next,
              cut: z
                .number()
                .describe('Meetings that have more different words than the search holds'),
            }),
          },
        },
      },
      async ({ principal, query }) => {
        const search = searchedWords(query.search);
        const after = query.cursor === undefined ? null : readCursor(query.cursor);
        const library = await services.library();
        const { tenant } = principal;
        const page = await library.search(tenant, search, { limit: query.limit, after });
        return {
          jobs: page.jobs.map(listedFound),
          next: page.next && writeCursor(page.next),
          cut: page.cut,
        };
      },
    );
  };
