import { CommanderError } from 'commander';
import { ConfigurationError } from '../../adapters/inference/targets/load-configuration.ts';
import { UnusableRecordingError } from '../../adapters/media/media-errors.ts';
import { InvalidSettingError } from '../config.ts';
import { AmbiguousJobError, JobNotFoundError, JobReferenceError } from '../jobs/find-job.ts';
import { NothingToRetryError } from '../jobs/retry-job.ts';
import { WatchInterruptedError } from '../jobs/watch-job.ts';

export const EXIT = {
  done: 0,
  /** The job failed or was cancelled, or a service is not there. */
  failed: 1,
  /** Bad usage or input. */
  usage: 2,
  notFound: 3,
  /** By Ctrl-C; the job goes on. */
  interrupted: 130,
} as const;

/** Every error that is not named here is a service's or our own: 1. */
export function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (USAGE.some((kind) => error instanceof kind)) return EXIT.usage;
  if (error instanceof JobNotFoundError) return EXIT.notFound;
  if (error instanceof WatchInterruptedError || error instanceof InterruptedError) {
    return EXIT.interrupted;
  }
  return EXIT.failed;
}

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

const USAGE = [
  AmbiguousJobError,
  ConfigurationError,
  InvalidSettingError,
  JobReferenceError,
  NothingToRetryError,
  UnusableRecordingError,
];
