import { z } from 'zod';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { ofVersion } from '../../jobs/of-version.ts';
import { findJob } from '../../jobs/find-job.ts';
import type { GatewayContext, Principal } from '../gateway-app.ts';

export const jobParameters = z.object({
  id: z.string().max(64).describe('Id of the job, or at least its first 8 characters'),
});

export const versionQuery = z.strictObject({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(999_999_999)
    .optional()
    .describe('A version of the minutes (default: the one that the job shows)'),
});

export const by = z
  .string()
  .max(1_000)
  .optional()
  .describe('Your name, which the minutes show (default: the id of the key)');

export const flag = z.enum(['true', 'false']).optional();

/** A switch that is off unless it is `true`. */
export const isOn = (value: 'true' | 'false' | undefined): boolean => value === 'true';

interface JobRequest {
  readonly principal: Principal;
  readonly params: z.infer<typeof jobParameters>;
}

/** The job that a request names, of the tenant that it is of. Throws the errors of `findJob`. */
export const requestedJob = (
  { services }: GatewayContext,
  { principal, params }: JobRequest,
): Promise<JobRow> => findJob(services.library, principal.tenant, params.id);

/** The same, as it would be if it showed the version that is asked for. Throws the errors of `ofVersion`, too. */
export async function requestedVersion(
  context: GatewayContext,
  request: JobRequest & { readonly query: z.infer<typeof versionQuery> },
): Promise<JobRow> {
  const row = await requestedJob(context, request);
  const { version } = request.query;
  if (version === undefined) return row;
  return await ofVersion(row, String(version), await context.services.library());
}
