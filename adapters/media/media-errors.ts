/** `submit` refuses the file before anything is stored. */
export class UnusableRecordingError extends Error {
  override readonly name = 'UnusableRecordingError';
  readonly reason: UnusableReason;
  constructor(reason: UnusableReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

export type UnusableReason =
  | 'missing'
  | 'empty'
  | 'unreadable'
  | 'not-audio'
  | 'archive'
  | 'no-sound'
  | 'encrypted'
  | 'too-many-channels'
  | 'corrupt-header'
  | 'too-long';

/** Damage that only decoding finds. The message contains no path and no name: it is shown in the job's failure. */
export class UnreadableAudioError extends Error {
  override readonly name = 'UnreadableAudioError';
}

/** Trouble of the machine, not of the recording: a full disk, or a program ended from outside. Trying again can help. */
export class MediaMachineError extends Error {
  override readonly name = 'MediaMachineError';
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Not a picture, of a kind that we do not open, or too large. */
export class UnusablePictureError extends Error {
  override readonly name = 'UnusablePictureError';
}

/** A program that Hansard needs is not installed. */
export class MissingBinaryError extends Error {
  override readonly name = 'MissingBinaryError';
  constructor(binary: string, cause: unknown) {
    super(
      `${binary} was not found. Install it: apt-get install -y --no-install-recommends ffmpeg ` +
        '(or your system’s package of ffmpeg), and make sure that it is on PATH.',
      { cause },
    );
  }
}
