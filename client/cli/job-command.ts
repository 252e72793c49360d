import type { Command } from 'commander';
import type { JobRow } from '../../adapters/database/job-library.ts';
import { parseTenant } from '../config.ts';
import type { CommandContext } from './command-context.ts';

/** A command about one job: `hansard {name} <id> [--tenant]`. */
export const jobCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .argument('<id>', 'job id, or at least its first 8 characters')
    .option('--tenant <id>', 'tenant that the job belongs to');

/** Each of these commands has some of them. */
export interface JobCommandOptions {
  readonly tenant?: string;
  readonly watch?: true;
  readonly strict?: true;
  readonly json?: true;
}

/** The job that the user named. Throws the errors of `findJob`. */
export async function namedJob(
  { env, services }: CommandContext,
  reference: string,
  options: JobCommandOptions,
): Promise<JobRow> {
  const tenant = parseTenant(env, options.tenant);
  const { findJob } = await import('../jobs/find-job.ts');
  return findJob(services.library, tenant, reference);
}
