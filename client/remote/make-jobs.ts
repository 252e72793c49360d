import { z } from 'zod';
import type { JobMaker } from '../back-end.ts';
import { retriedSchema } from '../gateway/jobs/job-schemas.ts';
import type { GatewayClient } from './gateway-client.ts';
import { jobPath } from './job-path.ts';

/** Starts and stops jobs by the routes of a gateway. */
export const remoteMaker = (client: GatewayClient): JobMaker => ({
  submit: async (submission, options) => {
    const { submitFiles } = await import('./submit-files.ts');
    return await submitFiles(client, submission, options);
  },
  cancel: async (job) =>
    await client.ask(cancelledSchema, jobPath(job, '/cancel'), { method: 'POST' }),
  retry: async (name) => {
    const path = jobPath(name, '/retry');
    const { lackedSpeakers, ...job } = await client.ask(retriedSchema, path, { method: 'POST' });
    return { job, lackedSpeakers: lackedSpeakers === true };
  },
});

const cancelledSchema = z.object({ id: z.string(), outcome: z.enum(['requested', 'cancelled']) });
