import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { BYTES_PER_SAMPLE } from './pcm-files.ts';
import { asFile, MEDIA_BINARIES, runMediaTool, type MediaBinaries } from './media-binaries.ts';

interface ChunkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly binaries?: MediaBinaries;
}

/**
 * Samples `[startSample, endSample)` of an s16le file as FLAC, 16 kHz mono: lossless, at about half the bytes. Uses a
 * temporary file beside `pcmPath`.
 */
export async function encodeChunk({
  pcmPath,
  startSample,
  endSample,
  ...options
}: ChunkOptions & {
  readonly pcmPath: string;
  readonly startSample: number;
  readonly endSample: number;
}): Promise<Uint8Array> {
  if (endSample <= startSample) throw new RangeError('a chunk has at least one sample');
  return await convert(options, {
    input: ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1'],
    stdin: createReadStream(pcmPath, {
      start: startSample * BYTES_PER_SAMPLE,
      end: endSample * BYTES_PER_SAMPLE - 1,
    }),
    codec: 'flac',
    path: `${pcmPath}.${startSample}-${endSample}.flac`,
  });
}

/** A chunk as WAV, for providers that do not read FLAC: lossless. Uses a temporary file in `folder`. */
export async function flacToWave({
  flac,
  folder,
  ...options
}: ChunkOptions & { readonly flac: Uint8Array; readonly folder: string }): Promise<Uint8Array> {
  return await convert(options, {
    input: ['-f', 'flac'],
    stdin: Readable.from([flac]),
    codec: 'pcm_s16le',
    path: join(folder, 'chunk.wav'),
  });
}

/** Samples `[startSample, endSample)` of a chunk, as `encodeChunk` gives them. Uses a temporary file in `folder`. */
export async function cutFlac({
  flac,
  startSample,
  endSample,
  folder,
  ...options
}: ChunkOptions & {
  readonly flac: Uint8Array;
  readonly startSample: number;
  readonly endSample: number;
  readonly folder: string;
}): Promise<Uint8Array> {
  if (endSample <= startSample) throw new RangeError('a stretch has at least one sample');
  return await convert(options, {
    input: ['-f', 'flac'],
    stdin: Readable.from([flac]),
    filter: `atrim=start_sample=${startSample}:end_sample=${endSample},asetpts=PTS-STARTPTS`,
    codec: 'flac',
    path: join(folder, 'stretch.flac'),
  });
}

/** The output goes through a file because ffmpeg completes the header (length, checksum) only there. */
async function convert(
  { signal, binaries = MEDIA_BINARIES }: ChunkOptions,
  {
    input,
    stdin,
    filter,
    codec,
    path,
  }: {
    input: readonly string[];
    stdin: Readable;
    filter?: string;
    codec: string;
    path: string;
  },
): Promise<Uint8Array> {
  try {
    const { exitCode, stderr } = await runMediaTool(
      binaries.ffmpeg,
      [
        ['-y', '-v', 'error', '-protocol_whitelist', 'pipe', ...input, '-i', 'pipe:0'],
        filter === undefined ? [] : ['-af', filter],
        // Without ffmpeg's version in the tags, the same samples give the same bytes.
        ['-c:a', codec, '-fflags', '+bitexact', '-flags:a', '+bitexact', asFile(path)],
      ].flat(),
      { signal, stdin },
    );
    if (exitCode !== 0) {
      throw new Error(`ffmpeg could not convert a chunk to ${codec}: ${stderr.slice(0, 200)}`);
    }
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}
