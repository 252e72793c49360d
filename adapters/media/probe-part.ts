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
import { CLOCK_LIMITS, LONGEST_RECORDING_SECONDS } from './recording-clock.ts';
import type { RecordingPart } from './recording-parts.ts';

/** One recording of the file: they follow one another in time. */
export interface ProbedPart {
  /** What ffmpeg gets before `-i`, and the address of its bytes. */
  readonly input: readonly string[];
  /** Its bytes in the file: `[start, end)`. */
  readonly place: Pick<RecordingPart, 'start' | 'end'> & { readonly path: string };
  readonly format: string;
  /** The container says that its end is missing. */
  readonly cut: boolean;
  /** None: it begins like a recording and cannot be opened. */
  readonly streams: readonly ProbedStream[];
  /** How long it is: the longest of its streams; without any, what its bytes would last at the rate of the others. */
  readonly seconds: number;
}

export interface ProbedStream {
  /** Its number in the container. */
  readonly index: number;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** When its sound begins, in seconds from the start of the recording. */
  readonly startSeconds: number;
  /** When its first packet is played by ffmpeg's clock, which begins with the first packet of any stream. */
  readonly firstSeconds: number;
  /** How long its sound lasts from there, by the container's index or by its packets. */
  readonly seconds: number;
  /** What the container says of that, if it is more than a recording may last and the packets say less; else null. */
  readonly statedSeconds: number | null;
}

export interface PartOptions {
  readonly binaries?: MediaBinaries;
  readonly signal?: AbortSignal | undefined;
}

/** When the last sound of these streams ends. */
const longest = (streams: readonly ProbedStream[]): number =>
  Math.max(0, ...streams.map(({ startSeconds, seconds }) => startSeconds + seconds));

/**
 * Reads the headers of one recording. Throws `UnusableRecordingError` if it cannot be opened or has no sound, and
 * `MissingBinaryError`.
 */
export async function probePart(
  found: { path: string; part: RecordingPart; known: boolean; whole: boolean },
  { binaries = MEDIA_BINARIES, signal }: PartOptions,
): Promise<ProbedPart> {
  const { path, part } = found;
  const input = [
    ...(part.staleLength ? ['-ignore_length', '1'] : []),
    ...PATIENCE,
    ...INPUT_LIMITS,
    '-i',
    found.whole ? asFile(path) : `subfile,,start,${part.start},end,${part.end},,:${asFile(path)}`,
  ];
  const { exitCode, stdout, stderr } = await runMediaTool(
    binaries.ffprobe,
    [
      ['-v', 'warning', '-of', 'json', '-show_entries', 'format=format_name,duration,start_time'],
      ['-show_entries', 'stream=index,codec_type,codec_name,channels,sample_rate,duration'],
      input,
    ].flat(),
    { signal, timeoutMs: PROBE_TIMEOUT_MS },
  );
  const probed = exitCode === 0 ? probeSchema.safeParse(parseJson(stdout)).data : undefined;
  if (!probed && stderr.includes('moov atom not found')) throw withoutIndex(path);
  if (!probed) throw found.known ? corrupt(path) : notAudio(path);
  const { format } = probed;
  const sound = probed.streams.filter(({ codec_type: type }) => type === 'audio');
  if (sound.length === 0) {
    throw probed.streams.some(isMovingPicture) && !/image2|_pipe/.test(format.format_name)
      ? silentVideo(path)
      : notAudio(path);
  }
  // Before each is looked at: a file can have a thousand streams.
  if (sound.reduce((sum, { channels = 0 }) => sum + channels, 0) > MOST_CHANNELS) {
    throw new UnusableRecordingError(
      'too-many-channels',
      `${path} has more than ${MOST_CHANNELS} channels. Export those that somebody speaks on.`,
    );
  }
  // An edit list states when sound begins; other containers count from any number.
  const origin = format.start_time ?? 0;
  const zero = format.format_name.startsWith('mov') ? 0 : origin;
  const isEstimate = part.staleLength || stderr.includes('Estimating duration from bitrate');
  const streams: ProbedStream[] = [];
  for (const { index, codec_name: codec, channels, sample_rate: sampleRate, duration } of sound) {
    if (!codec || !channels || !sampleRate) continue;
    const packet = await firstPacket(input, index, binaries, signal);
    if (packet === null) continue;
    if (packet.isEncrypted) throw encrypted(path);
    const late = packet.seconds - zero;
    // A recorder that was ended leaves a length of 0.
    const length = duration || (part.cut ? format.duration : undefined);
    const stated = isEstimate || !length ? undefined : length;
    // A clock that leaps by days: the packets are counted as they will be decoded.
    const claimed = isEstimate ? 0 : (length ?? format.duration ?? 0);
    const isBroken = claimed > LONGEST_RECORDING_SECONDS;
    // ffmpeg moves a file's first time stamp to zero; what is late after that is counted with the packets.
    const firstSeconds = Math.max(0, packet.seconds - origin);
    const seconds =
      stated === undefined || isBroken
        ? (await packetSeconds(input, index, binaries, signal)) - firstSeconds
        : stated;
    const statedSeconds = isBroken && claimed - seconds > 1 ? claimed : null;
    const startSeconds = late > LATE_SECONDS ? late : 0;
    if (seconds > 0) {
      streams.push({
        index,
        codec,
        channels,
        sampleRate,
        startSeconds,
        firstSeconds,
        seconds,
        statedSeconds,
      });
    }
  }
  if (streams.length === 0) throw corrupt(path);
  return {
    input,
    place: { path, start: part.start, end: part.end },
    format: format.format_name,
    cut: part.cut,
    streams,
    seconds: longest(streams),
  };
}

/** Encoders begin with up to some hundredths of a second of silence of their own. */
const LATE_SECONDS = 0.1;

/** The largest mixing desks record as many; each pair of channels is compared. */
const MOST_CHANNELS = 64;

/** How far ffmpeg looks for the first sound: a film may begin without. In microseconds and bytes. */
const PATIENCE = ['-analyzeduration', '60000000', '-probesize', '100000000'];

/** Reading a header takes milliseconds; this allows for a slow network drive. */
const PROBE_TIMEOUT_MS = 60_000;

/** Reading every packet: measured, 5 s for a day of MP3 on a busy machine. A video of a day has some 100 GB. */
const PACKETS_TIMEOUT_MS = 30 * 60_000;

const secondsSchema = z.coerce.number().optional().catch(undefined);
const lengthSchema = z.coerce.number().nonnegative().optional().catch(undefined);
const probeSchema = z.object({
  format: z.object({
    format_name: z.string(),
    duration: lengthSchema,
    start_time: secondsSchema,
  }),
  streams: z.array(
    z.object({
      index: z.int(),
      codec_type: z.string().optional(),
      codec_name: z.string().optional(),
      channels: z.int().optional(),
      sample_rate: z.coerce.number().int().optional(),
      duration: lengthSchema,
    }),
  ),
});
const packetsSchema = z.object({
  packets: z.array(
    z.object({
      pts_time: secondsSchema,
      side_data_list: z.array(z.object({ side_data_type: z.string() })).default([]),
    }),
  ),
});

const isMovingPicture = ({ codec_type: type }: { codec_type?: string | undefined }): boolean =>
  type === 'video';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** When the first packet of a stream is played, and whether it is encrypted; null if there is none. */
async function firstPacket(
  input: readonly string[],
  index: number,
  binaries: MediaBinaries,
  signal: AbortSignal | undefined,
): Promise<{ readonly seconds: number; readonly isEncrypted: boolean } | null> {
  const { stdout } = await runMediaTool(
    binaries.ffprobe,
    [
      ['-v', 'error', '-of', 'json', '-select_streams', String(index), '-read_intervals', '%+#1'],
      ['-show_entries', 'packet=pts_time:packet_side_data=side_data_type', ...input],
    ].flat(),
    { signal, timeoutMs: PROBE_TIMEOUT_MS },
  );
  const packet = packetsSchema.safeParse(parseJson(stdout)).data?.packets[0];
  if (packet === undefined) return null;
  const kinds = packet.side_data_list.map(({ side_data_type: kind }) => kind);
  return {
    seconds: packet.pts_time ?? 0,
    isEncrypted: kinds.some((kind) => kind.startsWith('Encryption')),
  };
}

/** Copies the packets to a null output and reads where the last one ends: about 1,000 times faster than real time. */
async function packetSeconds(
  input: readonly string[],
  index: number,
  binaries: MediaBinaries,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { stdout } = await runMediaTool(
    binaries.ffmpeg,
    [
      ['-nostdin', '-v', 'error', ...CLOCK_LIMITS, ...input, '-map', `0:${index}`],
      ['-c', 'copy', '-f', 'null', '-progress', 'pipe:1', '-nostats', '-'],
    ].flat(),
    { signal, timeoutMs: PACKETS_TIMEOUT_MS },
  );
  return reportedSeconds(stdout) ?? 0;
}

const notAudio = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'not-audio',
    `${path} contains no sound that ffmpeg can read. Submit a recording, such as wav, flac, mp3, m4a, ogg, webm or mp4.`,
  );

const silentVideo = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'no-sound',
    `${path} is a video without sound. Export it with its sound, or submit the sound alone.`,
  );

const encrypted = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'encrypted',
    `${path} is encrypted (copy protection). Submit a copy without it.`,
  );

const withoutIndex = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'corrupt-header',
    `${path} was cut off: its index, which the recorder writes at the end, is missing. Repair it with the recorder's own program, or copy it again.`,
  );

export const corrupt = (path: string): UnusableRecordingError =>
  new UnusableRecordingError(
    'corrupt-header',
    `${path} looks like a recording, but its header is damaged. Export or copy it again.`,
  );
