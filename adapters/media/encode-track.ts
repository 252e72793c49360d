import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { asFile, MEDIA_BINARIES, runMediaTool, type MediaBinaries } from './media-binaries.ts';
import { BYTES_PER_SAMPLE } from './pcm-files.ts';

interface TrackOptions {
  /** The file that is written. */
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
  readonly binaries?: MediaBinaries;
}

/**
 * The first `samples` of an s16le file as Ogg Opus, 16 kHz mono: an hour has about 14 MB and takes one core 7 s. Voices
 * stay what they are at 32 kbit/s, and the level of compression changes only the time that it takes.
 */
export async function encodeTrack({
  pcmPath,
  samples,
  ...options
}: TrackOptions & { readonly pcmPath: string; readonly samples: number }): Promise<void> {
  await convert(createReadStream(pcmPath, { end: samples * BYTES_PER_SAMPLE - 1 }), options, {
    input: ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1'],
    output: ['-c:a', 'libopus', '-b:a', '32k', '-compression_level', '0', '-f', 'ogg'],
  });
}

/** A track as WAV, for providers that do not read Ogg: 32 kB a second. */
export async function trackToWave(opus: Readable, options: TrackOptions): Promise<void> {
  await convert(opus, options, {
    input: ['-f', 'ogg'],
    output: ['-ar', String(SAMPLE_RATE), '-ac', '1', '-c:a', 'pcm_s16le', '-f', 'wav'],
  });
}

async function convert(
  stdin: Readable,
  { to, signal, binaries = MEDIA_BINARIES }: TrackOptions,
  { input, output }: { readonly input: readonly string[]; readonly output: readonly string[] },
): Promise<void> {
  const { exitCode, stderr } = await runMediaTool(
    binaries.ffmpeg,
    [
      ['-y', '-v', 'error', '-protocol_whitelist', 'pipe', ...input, '-i', 'pipe:0', ...output],
      ['-fflags', '+bitexact', '-flags:a', '+bitexact', asFile(to)],
    ].flat(),
    { signal, stdin },
  );
  if (exitCode !== 0)
    throw new Error(`ffmpeg could not convert the recording: ${stderr.slice(0, 200)}`);
}
