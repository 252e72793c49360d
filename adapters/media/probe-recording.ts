import { lookAtFile } from './look-at-file.ts';
import { UnusableRecordingError } from './media-errors.ts';
import { corrupt, probePart, type PartOptions, type ProbedPart } from './probe-part.ts';
import { LONGEST_RECORDING_SECONDS } from './recording-clock.ts';
import { recordingParts, type RecordingPart } from './recording-parts.ts';
import { MOST_PARTS } from './scan-file.ts';

export interface ProbedRecording {
  /** Of the sound, its late start included. */
  readonly durationSeconds: number;
  /** ffmpeg's name of the container, such as `flac` or `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bytes: number;
  readonly parts: readonly ProbedPart[];
}

interface ProbeOptions extends PartOptions {
  readonly maxSeconds?: number;
  /** Recordings in the file; what stands behind one fewer is not opened. */
  readonly mostParts?: number;
}

/**
 * Reads the headers of a recording, of all that are joined in its file, without decoding. Throws `UnusableRecordingError`
 * for a file that cannot become minutes, `MissingBinaryError` without ffprobe.
 */
export async function probeRecording(
  path: string,
  options: ProbeOptions = {},
): Promise<ProbedRecording> {
  const { maxSeconds = LONGEST_RECORDING_SECONDS, mostParts = MOST_PARTS } = options;
  const { bytes, known } = await lookAtFile(path);
  const found = await recordingParts(path);
  const opened = new Map<RecordingPart, ProbedPart>();
  const refusals = new Map<RecordingPart, UnusableRecordingError>();
  for (const [index, part] of found.entries()) {
    try {
      // Behind so many recordings, nothing was looked for.
      if (index >= mostParts - 1) throw corrupt(path);
      opened.set(part, await probePart({ path, part, known, whole: found.length === 1 }, options));
    } catch (error) {
      if (!(error instanceof UnusableRecordingError)) throw error;
      refusals.set(part, error);
    }
  }
  const [first] = opened.values();
  const stream = first?.streams[0];
  if (!first || !stream) throw [...refusals.values()][0] ?? corrupt(path);
  const isLost = (part: RecordingPart) =>
    refusals.has(part) && refusals.get(part)?.reason !== 'no-sound';
  const lost = lostSeconds(found.filter(isLost), opened, maxSeconds);
  const parts = found.flatMap((part) => {
    const probed = opened.get(part);
    if (probed) return [probed];
    const seconds = lost.get(part);
    return seconds === undefined
      ? []
      : [
          {
            input: [],
            place: { path, start: part.start, end: part.end },
            format: first.format,
            cut: false,
            streams: [],
            seconds,
          },
        ];
  });
  const durationSeconds = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  if (durationSeconds > maxSeconds) {
    throw new UnusableRecordingError(
      'too-long',
      `${path} lasts ${inWords(durationSeconds)}; the limit is ${inWords(maxSeconds)}. Cut it into parts and submit each.`,
    );
  }
  const { codec, channels, sampleRate } = stream;
  return { durationSeconds, format: first.format, codec, channels, sampleRate, bytes, parts };
}

/**
 * How long recordings are that cannot be opened: what their bytes would last at the rate of those that can, within what is
 * left of the longest recording. A header with nothing behind it, which a recorder leaves that was stopped at once, is none.
 */
function lostSeconds(
  lost: readonly RecordingPart[],
  opened: ReadonlyMap<RecordingPart, ProbedPart>,
  maxSeconds: number,
): ReadonlyMap<RecordingPart, number> {
  let [bytes, seconds] = [0, 0];
  for (const [{ start, end }, part] of opened) {
    bytes += end - start;
    seconds += part.seconds;
  }
  const most = Math.max(0, maxSeconds - seconds) / lost.length;
  return new Map(
    lost
      .map((part) => [part, Math.min(most, ((part.end - part.start) * seconds) / bytes)] as const)
      .filter(([, length]) => length >= LEAST_LOST_SECONDS),
  );
}
const LEAST_LOST_SECONDS = 1;

export const inWords = (durationSeconds: number): string =>
  durationSeconds < 3 * 3600
    ? `${(durationSeconds / 60).toFixed(1)} minutes`
    : `${(durationSeconds / 3600).toFixed(2)} hours`;
