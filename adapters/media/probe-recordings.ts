import { UnusableRecordingError } from './media-errors.ts';
import { inWords, probeRecording, type ProbedRecording } from './probe-recording.ts';
import { LONGEST_RECORDING_SECONDS } from './recording-clock.ts';

/**
 * Probes the files of one recording, which follow one another in time. Throws what `probeRecording` does, which names the
 * file, and `UnusableRecordingError` if they are too long together.
 */
export async function probeRecordings(
  paths: readonly string[],
  options: Parameters<typeof probeRecording>[1] = {},
): Promise<readonly ProbedRecording[]> {
  const probed: ProbedRecording[] = [];
  for (const path of paths) probed.push(await probeRecording(path, options));
  requireShort(probed, options.maxSeconds);
  return probed;
}

type Lasting = Pick<ProbedRecording, 'durationSeconds'>;

/** Throws `UnusableRecordingError` if recordings that follow one another are too long together. */
export function requireShort(
  recordings: readonly Lasting[],
  maxSeconds: number = LONGEST_RECORDING_SECONDS,
): void {
  const seconds = secondsOf(recordings);
  if (seconds <= maxSeconds) return;
  throw new UnusableRecordingError(
    'too-long',
    `the ${recordings.length} files last ${inWords(seconds)} together; the limit is ${inWords(maxSeconds)}. Leave some out, or submit each.`,
  );
}

/** How long recordings last that follow one another. */
export const secondsOf = (recordings: readonly Lasting[]): number =>
  recordings.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
