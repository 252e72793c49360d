import { stat } from 'node:fs/promises';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { asFile, INPUT_LIMITS } from './input-limits.ts';
import { UnreadableAudioError } from './unreadable-audio-error.ts';
import {
  MEDIA_BINARIES,
  runMediaTool,
  type MediaBinaries,
  type ToolOutcome,
} from './media-binaries.ts';
import {
  LONGEST_RECORDING_SECONDS,
  probeRecording,
  type ProbedRecording,
} from './probe-recording.ts';
import { UnusableRecordingError } from './unusable-recording-error.ts';

/** Changes with everything below that changes samples: it is part of every chunk's identity. */
export const PREPARATION_VERSION = 1;

/** Signed 16-bit little-endian mono. */
export const BYTES_PER_SAMPLE = 2;

/**
 * Decodes the first audio stream of a recording to 16 kHz mono s16le at `pcmPath`. Memory stays flat. Throws
 * `UnreadableAudioError` where the sound is damaged or ends before its header says; what comes of a try that failed
 * is left at `pcmPath` for the caller's scratch folder.
 */
export async function decodeRecording(input: {
  readonly path: string;
  readonly pcmPath: string;
  readonly maxSeconds?: number;
  readonly signal?: AbortSignal | undefined;
  /** Seconds of the recording decoded so far, about twice a second. */
  readonly onProgress?: (decodedSeconds: number) => void;
  readonly binaries?: MediaBinaries;
}): Promise<{ readonly samples: number }> {
  const { maxSeconds = LONGEST_RECORDING_SECONDS } = input;
  const { durationSeconds: probedSeconds, format } = await probeAgain(input);
  const gapless = format === 'flac';
  let outcome = await decode(input, gapless, ['-xerror']);
  let decodedSeconds = await writtenSeconds(input.pcmPath);
  if (outcome.exitCode !== 0 && decodedSeconds > probedSeconds - TAIL_SECONDS) {
    // Players write tags and half a frame behind the sound. Nothing but that is damaged: take what there is.
    outcome = await decode(input, gapless, []);
    decodedSeconds = await writtenSeconds(input.pcmPath);
  }
  if (outcome.exitCode !== 0 || SKIPPED_DAMAGE.test(outcome.stderr)) {
    throw new UnreadableAudioError(
      `the recording is damaged after ${decodedSeconds.toFixed(1)} of ${probedSeconds.toFixed(1)} s. Export or copy it again, and submit that.`,
      decodedSeconds,
    );
  }
  if (decodedSeconds < probedSeconds - toleranceSeconds(probedSeconds, gapless)) {
    throw new UnreadableAudioError(
      `the recording holds ${decodedSeconds.toFixed(1)} of the ${probedSeconds.toFixed(1)} s that its header promises. Copy it again, and submit that.`,
      decodedSeconds,
    );
  }
  if (decodedSeconds > maxSeconds) {
    throw new UnreadableAudioError(
      `the recording lasts longer than its header says, and longer than ${maxSeconds} s. Cut it into parts and submit each.`,
      decodedSeconds,
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
      `the recording cannot be used (${error.reason}). Export or copy it again, and submit that.`,
      0,
    );
  }
}

/** What ffmpeg's demuxers of Ogg and Matroska say of damage that they skip without an error. */
const SKIPPED_DAMAGE = /CRC mismatch|exceeds containing master element|as first byte of an EBML/;

/** Damage this near the end is taken for tags behind the sound. */
const TAIL_SECONDS = 1;

/**
 * Containers round, encoders pad: a second, or a thousandth of a long recording. FLAC counts its samples, and ffmpeg drops
 * damaged frames of it (some 0.1 s and more) without an error.
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
      // FLAC frames carry a checksum that is right or the sound is wrong; in MP3 encoders get theirs wrong.
      ['-err_detect', 'crccheck+explode', ...INPUT_LIMITS, '-i', asFile(input.path)],
      ['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'],
      // Gaps between time stamps become silence, so that every sample stands at its own time.
      gapless ? [] : ['-af', 'aresample=async=1:first_pts=0'],
      ['-ac', '1', '-ar', String(SAMPLE_RATE)],
      // One second more than allowed shows that it is too long without filling the disk.
      ['-t', String(maxSeconds + 1), '-c:a', 'pcm_s16le', '-f', 's16le', asFile(input.pcmPath)],
    ].flat(),
    {
      signal: input.signal,
      onOutput: (text) => {
        const last = [...text.matchAll(/^out_time_us=(\d+)$/gm)].at(-1);
        if (last) input.onProgress?.(Number(last[1]) / 1e6);
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
