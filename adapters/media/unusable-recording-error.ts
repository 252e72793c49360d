export type UnusableReason =
  'missing' | 'empty' | 'unreadable' | 'not-audio' | 'corrupt-header' | 'too-long';

/** A file that `submit` refuses before anything is stored. */
export class UnusableRecordingError extends Error {
  override readonly name = 'UnusableRecordingError';
  readonly reason: UnusableReason;
  constructor(reason: UnusableReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
