import type { Command } from 'commander';
import type { JobName } from '../back-end.ts';

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

/** The job that the user named. */
export const named = (reference: string, { tenant }: JobCommandOptions): JobName => ({
  reference,
  tenant,
});
