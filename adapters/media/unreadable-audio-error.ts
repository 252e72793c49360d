/** Damage that only decoding finds. The message holds no path and no name: it is shown in the job's failure. */
export class UnreadableAudioError extends Error {
  override readonly name = 'UnreadableAudioError';
  /** Seconds that were decoded before the damage. */
  readonly decodedSeconds: number;
  constructor(message: string, decodedSeconds: number) {
    super(message);
    this.decodedSeconds = decodedSeconds;
  }
}
