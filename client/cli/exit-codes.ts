import type { CommanderError } from 'commander';

export const EXIT = {
  done: 0,
  /** The job failed or was cancelled, or a service is unavailable. */
  failed: 1,
  /** Wrong usage or input. */
  usage: 2,
  notFound: 3,
  /** The gateway does not take the key, or its role may not do this. */
  refused: 4,
  /** By Ctrl-C; the job goes on. */
  interrupted: 130,
} as const;

/**
 * The exit code of an error, by its name: comparing classes would load the modules of every command for one that
 * failed. Errors that are not listed are a service's or our own: 1.
 */
export function exitCode(error: unknown): number {
  if (!(error instanceof Error)) return EXIT.failed;
  // Commander throws `--help`, too; its codes are such as `commander.unknownOption`.
  const { code, exitCode } = error as Partial<CommanderError>;
  if (String(code).startsWith('commander.')) return exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error.name === 'SettingError' && 'kind' in error) {
    return error.kind === 'missing' ? EXIT.failed : EXIT.usage;
  }
  return BY_NAME[error.name] ?? EXIT.failed;
}

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

const BY_NAME: Readonly<Record<string, number>> = {
  AmbiguousJobError: EXIT.usage,
  ConfigurationError: EXIT.usage,
  InvalidOptionError: EXIT.usage,
  JobReferenceError: EXIT.usage,
  NoSigningKeyError: EXIT.usage,
  NoSuchVersionError: EXIT.usage,
  NothingToRetryError: EXIT.usage,
  OnlyDirectError: EXIT.usage,
  RevisionRefusedError: EXIT.usage,
  TooManyKeysError: EXIT.usage,
  UnusableEditError: EXIT.usage,
  UnusableRecordingError: EXIT.usage,
  UnusableTranscriptError: EXIT.usage,
  VersionOutdatedError: EXIT.usage,
  KeyRefusedError: EXIT.refused,
  JobNotFoundError: EXIT.notFound,
  KeyNotFoundError: EXIT.notFound,
  WatchInterruptedError: EXIT.interrupted,
  InterruptedError: EXIT.interrupted,
};
