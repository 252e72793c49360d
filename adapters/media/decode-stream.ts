import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import type { DecodeOptions } from './decode-options.ts';
import { createDamageFinder, joined, type Stretch } from './find-damage.ts';
import { groupChannels, mayChange } from './group-channels.ts';
import type { Grouping, TrackGroup } from './group-tracks.ts';
import {
  asFile,
  MEDIA_BINARIES,
  reportedSeconds,
  runMediaTool,
  type ToolOutcome,
} from './media-binaries.ts';
import {
  CLOCK_LIMITS,
  DROPS_LONG_PAUSES,
  forwardClock,
  hasLongPause,
  LONG_PAUSE_SECONDS,
} from './recording-clock.ts';
import { BYTES_PER_SAMPLE, delay, padTo, samplesOf, toSampleCount } from './pcm-files.ts';
import type { ProbedPart, ProbedStream } from './probe-part.ts';
import { restampPages } from './restamp-pages.ts';
import { diskFull, requireScratchSpace } from './scratch-space.ts';

export interface DecodedStream {
  /** A file for each group of channels, all of the same length. */
  readonly files: readonly { readonly path: string; readonly channels: TrackGroup['members'] }[];
  readonly leftOut: Grouping['leftOut'];
  /** What could not be read, in seconds of the recording; silent in the files. */
  readonly damage: readonly Stretch[];
  readonly readableSeconds: number;
  /** The number of channels or the rate changes on the way. */
  readonly changes: boolean;
  /** Earlier versions left out silence of it, or put what follows damage too early. */
  readonly hasNewTimes: boolean;
  readonly disagreement: Disagreement | null;
}

/** The file says another length than that of what was heard, by more than a second. */
interface Disagreement {
  /** Where a pause in the time stamps begins that can be why, in seconds of the recording; null: there is none. */
  readonly at: number | null;
  readonly statedSeconds: number;
  readonly heardSeconds: number;
}

/**
 * Decodes one audio stream to 16 kHz s16le files in `folder`, one for each group of channels, from the start of the
 * recording to the end of the stream. Damaged sound becomes silence of the same length.
 */
export async function decodeStream(
  part: ProbedPart,
  stream: ProbedStream,
  folder: string,
  options: DecodeOptions,
): Promise<DecodedStream> {
  const { groups, leftOut, changes } = await groupChannels(part, stream, options);
  const files = groups.map(({ members }, index) => ({
    path: join(folder, `stream-${stream.index}-${index}.s16le`),
    channels: members,
  }));
  const paths = files.map(({ path }) => path);
  const first = paths[0] ?? '';
  // Each group, and once more while tracks are mixed or joined.
  const seconds = stream.startSeconds + stream.seconds;
  await requireScratchSpace(folder, 2 * groups.length * toSampleCount(seconds) * BYTES_PER_SAMPLE);
  const strictly = await decode(part, stream, files, options);
  const damage: Stretch[] = [];
  const expected = toSampleCount(stream.seconds);
  const slack = toSampleCount(toleranceSeconds(stream));
  let stated = stream.statedSeconds;
  let pause: Stretch | undefined;
  let isRestamped = false;
  if (
    strictly.exitCode !== 0 ||
    SKIPPED_DAMAGE.test(strictly.stderr) ||
    Math.abs((await samplesOf(first)) - expected) > slack
  ) {
    const finder = createDamageFinder(stream.firstSeconds);
    const readable = await withRightTimes(part, stream, folder);
    isRestamped = readable !== part;
    await decode(readable, stream, files, options, finder.readLine);
    // What is lost at the beginning keeps its length, too.
    await delayAll(files, finder.beganSeconds());
    if (!PAUSES_ARE_ERRORS.test(stream.codec)) damage.push(...finder.damage());
    const decoded = await samplesOf(first);
    const reached = toSampleCount(finder.reachedSeconds());
    // A pause that is too long for ffmpeg to fill is not a lost end.
    if (Math.max(decoded, reached) < expected - slack) {
      damage.push({ start: decoded / SAMPLE_RATE, end: stream.seconds });
      await Promise.all(paths.map((path) => padTo(path, expected)));
    }
    // ffmpeg finds the frames of damaged FLAC in the wrong order.
    const isClockSure = part.format !== 'flac';
    if (isClockSure && Math.abs(decoded - reached) > toSampleCount(TOLERANCE_SECONDS)) {
      stated = reached / SAMPLE_RATE;
    }
    pause = finder.longestPause();
  }
  // What a cut file promises behind its last whole packet is told by its being cut.
  const decodedSeconds = (await samplesOf(first)) / SAMPLE_RATE;
  const endSeconds = part.cut ? Math.min(stream.seconds, decodedSeconds) : stream.seconds;
  await delayAll(files, stream.startSeconds);
  const late = stream.startSeconds;
  const heard = (await samplesOf(first)) / SAMPLE_RATE;
  const lost = joined(damage.filter((one) => !isTail(one, endSeconds)));
  return {
    files,
    leftOut,
    changes,
    damage: lost.map(({ start, end }) => ({ start: start + late, end: end + late })),
    readableSeconds: lost.reduce((rest, { start, end }) => rest - (end - start), heard - late),
    hasNewTimes:
      isRestamped ||
      (DROPS_LONG_PAUSES.test(part.format) &&
        (hasLongPause(strictly.stderr) ||
          (pause !== undefined && pause.end - pause.start > LONG_PAUSE_SECONDS))),
    disagreement:
      stated === null
        ? null
        : {
            at: pause === undefined ? null : pause.start + late,
            statedSeconds: stated + late,
            heardSeconds: heard,
          },
  };
}

/** Puts as much silence before the sound of each file. */
async function delayAll(files: DecodedStream['files'], seconds: number): Promise<void> {
  if (seconds <= 0) return;
  for (const file of files) {
    const late = `${file.path}.late`;
    await delay(file.path, late, toSampleCount(seconds));
    await rename(late, file.path);
  }
}

/** A damaged part as ffmpeg reads it at the right times. */
async function withRightTimes(
  part: ProbedPart,
  { codec }: ProbedStream,
  folder: string,
): Promise<ProbedPart> {
  if (part.format !== 'ogg' || !/^(?:speex|flac)$/.test(codec)) return part;
  const { place, input } = part;
  await requireScratchSpace(folder, place.end - place.start);
  const path = join(folder, 'restamped.ogg');
  await restampPages(place, path);
  return { ...part, input: [...input.slice(0, -1), asFile(path)] };
}

/** Players write tags and half a frame after the sound: damage there takes nothing away. */
const isTail = ({ start, end }: Stretch, seconds: number): boolean =>
  start > seconds - TAIL_SECONDS && end < seconds + TAIL_SECONDS;
const TAIL_SECONDS = 0.2;

/** What ffmpeg's demuxers of Ogg, Matroska and NUT and its decoder of Vorbis log about damage without an error. */
const SKIPPED_DAMAGE =
  /CRC mismatch|exceeds containing master element|as first byte of an EBML|frame must have been damaged|Overread \d+ bits/;

/** A wrong checksum in a frame of these means wrong sound; MP3 encoders often write wrong ones. */
const CHECKSUMS = /^(?:flac|wavpack|tta|e?ac3)$/;

/** ffmpeg's decoder of AMR refuses the frames that say "nobody speaks". */
const PAUSES_ARE_ERRORS = /^amr/;

/**
 * Containers round and encoders pad: allow a second, however long the recording is. FLAC counts its samples, and ffmpeg
 * drops its damaged frames (0.1 s or more) without an error.
 */
const toleranceSeconds = ({ codec }: ProbedStream): number =>
  codec === 'flac' ? 0.01 : TOLERANCE_SECONDS;
const TOLERANCE_SECONDS = 1;

/** Fails at the first error, unless `onLogLine` reads the log: then all that can be read is decoded. */
async function decode(
  part: ProbedPart,
  { index, codec, channels }: ProbedStream,
  files: DecodedStream['files'],
  { maxSeconds, signal, onProgress, binaries = MEDIA_BINARIES }: DecodeOptions,
  onLogLine?: (line: string) => void,
): Promise<ToolOutcome> {
  const strict = onLogLine === undefined;
  const isPlain = files.length === 1 && channels === 1 && !mayChange(codec);
  const output = (
    { path, channels: heard }: DecodedStream['files'][number],
    number: number,
  ): string[][] => {
    const filters = [
      ...(part.format === 'flac' ? [] : [forwardClock(strict && number === 0)]),
      // Once: the same frame twice would look like one that runs backwards.
      ...(strict || number > 0 ? [] : ['ashowinfo']),
      ...(isPlain ? [] : [`pan=mono|c0=${weighted(heard)}`]),
      // Pauses in the time stamps become silence, so that every sample keeps its time. FLAC has none unless damaged. No
      // `first_pts`: where the form changes, ffmpeg builds the filters anew, and each of them would begin there.
      `aresample=${SAMPLE_RATE}${codec === 'flac' && strict ? '' : ':async=1'}`,
    ];
    return [
      ['-map', `0:${index}`, '-map_metadata', '-1', '-af', filters.join(',')],
      // One second more than allowed proves that it is too long without filling the disk.
      ['-t', String(maxSeconds + 1), '-c:a', 'pcm_s16le', '-f', 's16le', asFile(path)],
    ];
  };
  let isFull = false;
  const outcome = await runMediaTool(
    binaries.ffmpeg,
    [
      ['-nostdin', '-y', '-nostats', '-progress', 'pipe:1'],
      // An error stands beside its frame in the log only where one thread decodes.
      strict ? ['-v', 'error', '-xerror'] : ['-v', 'level+info', '-threads', '1'],
      strict || CHECKSUMS.test(codec) ? ['-err_detect', 'crccheck+explode'] : [],
      [...CLOCK_LIMITS, ...part.input],
      ...files.flatMap(output),
    ].flat(),
    {
      signal,
      onOutput: (block) => {
        const seconds = reportedSeconds(block.toString());
        if (seconds !== null) onProgress?.(seconds);
      },
      ...(!strict && {
        onLogLine: (line: string) => {
          isFull ||= ERROR_LINE.test(line) && DISK_FULL.test(line);
          onLogLine(line);
        },
      }),
    },
  );
  if (isFull || DISK_FULL.test(outcome.stderr)) throw await diskFull(dirname(files[0]?.path ?? ''));
  return outcome;
}

const DISK_FULL = /No space left on device|Disk quota exceeded/;
/** The tags of a recording stand in the log, too: they do not count. */
const ERROR_LINE = /(?:^|\r)(?:\[[^\]]+ @ \w+\] )*\[(?:error|fatal)\]/;

/** Two channels add up without clipping; of more, rarely all speak at once. */
function weighted(members: TrackGroup['members']): string {
  const weight = members.length <= 2 ? 1 / members.length : 1 / Math.sqrt(members.length);
  return members
    .map(({ track, sign }) => `${sign === -1 ? '-' : '+'}${weight.toFixed(6)}*c${track}`)
    .join('')
    .replace(/^\+/, '');
}
