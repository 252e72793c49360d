import { stat } from 'node:fs/promises';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import {
  asFile,
  INPUT_LIMITS,
  MEDIA_BINARIES,
  reportedSeconds,
  runMediaTool,
  type MediaBinaries,
  type ToolOutcome,
} from './media-binaries.ts';
import { UnreadableAudioError, UnusableRecordingError } from './media-errors.ts';
import {
  LONGEST_RECORDING_SECONDS,
  probeRecording,
  type ProbedRecording,
} from './probe-recording.ts';

/** Part of every chunk's identity: increase it with every change below that changes samples. */
export const PREPARATION_VERSION = 1;

/** Signed 16-bit little-endian mono. */
export const BYTES_PER_SAMPLE = 2;

/**
 * Decodes the first audio stream of a recording to 16 kHz mono s16le at `pcmPath`, with constant memory. Throws
 * `UnreadableAudioError` when the sound is damaged or shorter than its header says; a failed attempt leaves its output at
 * `pcmPath`, to be removed with the caller's scratch folder.
 */
export async function decodeRecording(input: {
  readonly path: string;
  readonly pcmPath: string;
  readonly maxSeconds?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called about twice a second with the seconds decoded so far. */
  readonly onProgress?: (decodedSeconds: number) => void;
  readonly binaries?: MediaBinaries;
}): Promise<{ readonly samples: number }> {
  const { maxSeconds = LONGEST_RECORDING_SECONDS } = input;
  const { durationSeconds: probedSeconds, format } = await probeAgain(input);
  const gapless = format === 'flac';
  let outcome = await decode(input, gapless, ['-xerror']);
  let decodedSeconds = await writtenSeconds(input.pcmPath);
  if (outcome.exitCode !== 0 && decodedSeconds > probedSeconds - TAIL_SECONDS) {
    // Players write tags and half a frame after the sound. If only that is damaged, accept the rest.
    outcome = await decode(input, gapless, []);
    decodedSeconds = await writtenSeconds(input.pcmPath);
  }
  const decoded = decodedSeconds.toFixed(1);
  const probed = probedSeconds.toFixed(1);
  if (outcome.exitCode !== 0 || SKIPPED_DAMAGE.test(outcome.stderr)) {
    throw new UnreadableAudioError(
      `the recording is damaged after ${decoded} of ${probed} s. Export or copy it again and submit the result.`,
    );
  }
  if (decodedSeconds < probedSeconds - toleranceSeconds(probedSeconds, gapless)) {
    throw new UnreadableAudioError(
      `the recording has ${decoded} of the ${probed} s that its header announces. Copy it again and submit the copy.`,
    );
  }
  if (decodedSeconds > maxSeconds) {
    throw new UnreadableAudioError(
      `the recording is longer than its header says, and longer than ${maxSeconds} s. Cut it into parts and submit each.`,
    );
  }
  return { samples: Math.round(decodedSeconds * SAMPLE_RATE) };
}

async function probeAgain(input: Parameters<typeof decodeRecording>[0]): Promise<ProbedRecording> {
  try {
    return await probeRecording(input.path, input);
  } catch (error) {
    if (!(error instanceof UnusableRecordingError)) throw error;
    throw new UnreadableAudioError(
      `the recording cannot be used (${error.reason}). Export or copy it again and submit the result.`,
    );
  }
}

/** What ffmpeg's demuxers of Ogg and Matroska log about damage that they skip without an error. */
const SKIPPED_DAMAGE = /CRC mismatch|exceeds containing master element|as first byte of an EBML/;

/** Damage this close to the end counts as tags after the sound. */
const TAIL_SECONDS = 1;

/**
 * Containers round and encoders pad: allow a second, or a thousandth of a long recording. FLAC counts its samples, and
 * ffmpeg drops its damaged frames (0.1 s or more) without an error.
 */
const toleranceSeconds = (probedSeconds: number, gapless: boolean): number =>
  gapless ? 0.01 : Math.max(1, probedSeconds / 1000);

function decode(
  input: Parameters<typeof decodeRecording>[0],
  gapless: boolean,
  strictness: readonly string[],
): Promise<ToolOutcome> {
  const { maxSeconds = LONGEST_RECORDING_SECONDS, binaries = MEDIA_BINARIES } = input;
  return runMediaTool(
    binaries.ffmpeg,
    [
      ['-nostdin', '-y', '-v', 'error', '-nostats', '-progress', 'pipe:1', ...strictness],
      // A wrong checksum of a FLAC frame means wrong sound; MP3 encoders often write wrong ones.
      ['-err_detect', 'crccheck+explode', ...INPUT_LIMITS, '-i', asFile(input.path)],
      ['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'],
      // Fill gaps between time stamps with silence, so that every sample keeps its time.
      gapless ? [] : ['-af', 'aresample=async=1:first_pts=0'],
      ['-ac', '1', '-ar', String(SAMPLE_RATE)],
      // One second more than allowed proves that it is too long without filling the disk.
      ['-t', String(maxSeconds + 1), '-c:a', 'pcm_s16le', '-f', 's16le', asFile(input.pcmPath)],
    ].flat(),
    {
      signal: input.signal,
      onOutput: (text) => {
        const seconds = reportedSeconds(text);
        if (seconds !== null) input.onProgress?.(seconds);
      },
    },
  );
}

async function writtenSeconds(pcmPath: string): Promise<number> {
  try {
    return (await stat(pcmPath)).size / BYTES_PER_SAMPLE / SAMPLE_RATE;
  } catch {
    return 0; // ffmpeg gave up before the first sample
  }
}
