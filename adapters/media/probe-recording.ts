import { open, stat } from 'node:fs/promises';
import { z } from 'zod';
import {
  asFile,
  INPUT_LIMITS,
  MEDIA_BINARIES,
  reportedSeconds,
  runMediaTool,
  type MediaBinaries,
} from './media-binaries.ts';
import { UnusableRecordingError } from './media-errors.ts';

/** The pipeline is proved for two hours; the extra minute is for players that count the last frames differently. */
export const LONGEST_RECORDING_SECONDS = 7_260;

export interface ProbedRecording {
  readonly durationSeconds: number;
  /** ffmpeg's name of the container, such as `flac` or `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bytes: number;
}

/**
 * Reads a recording's header without decoding it. Throws `UnusableRecordingError` for a file that cannot become minutes,
 * `MissingBinaryError` without ffprobe.
 */
export async function probeRecording(
  path: string,
  options: {
    readonly maxSeconds?: number;
    readonly binaries?: MediaBinaries;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ProbedRecording> {
  const { maxSeconds = LONGEST_RECORDING_SECONDS, binaries = MEDIA_BINARIES, signal } = options;
  const { bytes, known } = await lookAtFile(path);
  const { exitCode, stdout, stderr } = await runMediaTool(
    binaries.ffprobe,
    [
      ['-v', 'warning', ...INPUT_LIMITS, '-of', 'json'],
      ['-show_entries', 'format=format_name,duration'],
      ['-show_entries', 'stream=codec_type,codec_name,channels,sample_rate,duration'],
      asFile(path),
    ].flat(),
    { signal, timeoutMs: PROBE_TIMEOUT_MS },
  );
  const probed = exitCode === 0 ? probeSchema.safeParse(parseJson(stdout)) : null;
  if (!probed?.success) throw known ? corrupt(path) : notAudio(path);

  const stream = probed.data.streams.find(({ codec_type: type }) => type === 'audio');
  if (!stream) throw notAudio(path);
  const channels = stream.channels ?? 0;
  const sampleRate = stream.sample_rate ?? 0;
  const stated = stream.duration ?? probed.data.format.duration ?? null;
  // Streams without an index have no duration, or one estimated from the bit rate: then count the packets.
  const durationSeconds =
    stated === null || stderr.includes('Estimating duration from bitrate')
      ? await packetSeconds(path, binaries, signal)
      : stated;
  if (channels < 1 || sampleRate < 1 || !stream.codec_name || !(durationSeconds > 0)) {
    throw corrupt(path);
  }
  if (durationSeconds > maxSeconds) {
    throw new UnusableRecordingError(
      'too-long',
      `${path} lasts ${inMinutes(durationSeconds)} minutes; the limit is ${inMinutes(maxSeconds)}. Cut it into parts and submit each.`,
    );
  }
  return {
    durationSeconds,
    format: probed.data.format.format_name,
    codec: stream.codec_name,
    channels,
    sampleRate,
    bytes,
  };
}

/** Reading a header takes milliseconds; this allows for a slow network drive. */
const PROBE_TIMEOUT_MS = 60_000;

const secondsSchema = z.coerce.number().nonnegative().optional().catch(undefined);
const probeSchema = z.object({
  format: z.object({ format_name: z.string(), duration: secondsSchema }),
  streams: z.array(
    z.object({
      codec_type: z.string().optional(),
      codec_name: z.string().optional(),
      channels: z.int().optional(),
      sample_rate: z.coerce.number().int().optional(),
      duration: secondsSchema,
    }),
  ),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Its size, and whether it starts like an audio container. */
async function lookAtFile(path: string): Promise<{ bytes: number; known: boolean }> {
  try {
    // Check before opening: a named pipe would block until somebody writes.
    const facts = await stat(path);
    if (!facts.isFile()) {
      throw new UnusableRecordingError('unreadable', `${path} is not a file. Name a recording.`);
    }
    if (facts.size === 0) {
      throw new UnusableRecordingError('empty', `${path} is empty. Record or copy it again.`);
    }
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
      return { bytes: facts.size, known: isKnownContainer(buffer.subarray(0, bytesRead)) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UnusableRecordingError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      const message = `${path} does not exist. Check the path.`;
      throw new UnusableRecordingError('missing', message, error);
    }
    const message = `${path} cannot be read. Check its permissions.`;
    throw new UnusableRecordingError('unreadable', message, error);
  }
}

/** Distinguishes a damaged recording from a file that never was one. */
function isKnownContainer(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 4);
  return (
    ['RIFF', 'RF64', 'fLaC', 'OggS', 'FORM', 'caff', 'wvpk'].includes(start) ||
    start.startsWith('ID3') ||
    head.toString('latin1', 4, 8) === 'ftyp' ||
    head.readUIntBE(0, Math.min(4, head.length)) === 0x1a45dfa3 || // EBML: Matroska, WebM
    ((head[0] ?? 0) === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) // MPEG audio frame sync
  );
}

/** Copies the packets to a null output and reads where the last one ends: about 1,000 times faster than real time. */
async function packetSeconds(
  path: string,
  binaries: MediaBinaries,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { exitCode, stdout } = await runMediaTool(
    binaries.ffmpeg,
    [
      ['-nostdin', '-v', 'error', ...INPUT_LIMITS, '-i', asFile(path)],
      ['-map', '0:a:0', '-c', 'copy', '-f', 'null', '-progress', 'pipe:1', '-nostats', '-'],
    ].flat(),
    { signal, timeoutMs: PROBE_TIMEOUT_MS },
  );
  return (exitCode === 0 ? reportedSeconds(stdout) : null) ?? 0;
}

const inMinutes = (durationSeconds: number): string => (durationSeconds / 60).toFixed(1);

const notAudio = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'not-audio',
    `${path} contains no sound that ffmpeg can read. Submit a recording, such as wav, flac, mp3, m4a, ogg, webm or mp4.`,
  );

const corrupt = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'corrupt-header',
    `${path} looks like a recording, but its header is damaged. Export or copy it again.`,
  );
