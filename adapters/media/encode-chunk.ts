import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SAMPLE_RATE, type Samples } from '../../workflows/contracts/chunk-plan.ts';
import { BYTES_PER_SAMPLE } from './pcm-files.ts';
import { asFile, MEDIA_BINARIES, runMediaTool, type MediaBinaries } from './media-binaries.ts';

interface ChunkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly binaries?: MediaBinaries;
}

/**
 * Stretches `[startSample, endSample)` of an s16le file as FLAC, 16 kHz mono, in order: lossless, at about half the bytes.
 * One run of ffmpeg makes all of them, because its start takes longer than a chunk. Uses temporary files beside `pcmPath`.
 */
export async function encodeChunks({
  pcmPath,
  chunks,
  signal,
  binaries = MEDIA_BINARIES,
}: ChunkOptions & {
  readonly pcmPath: string;
  readonly chunks: readonly Samples[];
}): Promise<Uint8Array[]> {
  if (chunks.length === 0) return [];
  if (chunks.some(({ startSample, endSample }) => endSample <= startSample))
    throw new RangeError('a chunk has at least one sample');
  const paths = chunks.map(
    ({ startSample, endSample }) => `${pcmPath}.${startSample}-${endSample}.flac`,
  );
  const inputs = chunks.flatMap(({ startSample, endSample }) => {
    const [start, end] = [startSample * BYTES_PER_SAMPLE, endSample * BYTES_PER_SAMPLE];
    return [
      ['-protocol_whitelist', 'file,subfile', '-f', 's16le', '-ar', String(SAMPLE_RATE)],
      ['-ac', '1', '-i', `subfile,,start,${start},end,${end},,:${pcmPath}`],
    ].flat();
  });
  const outputs = paths.flatMap((path, index) => ['-map', String(index), ...asCodec('flac', path)]);
  try {
    const { exitCode, stderr } = await runMediaTool(
      binaries.ffmpeg,
      ['-nostdin', '-y', '-v', 'error', ...inputs, ...outputs],
      { signal },
    );
    if (exitCode !== 0) throw new Error(`ffmpeg could not encode chunks: ${stderr.slice(0, 200)}`);
    return await Promise.all(paths.map((path) => readFile(path)));
  } finally {
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }
}

/** Without ffmpeg's version in the tags, the same samples give the same bytes. */
const asCodec = (codec: string, path: string): string[] => [
  '-c:a',
  codec,
  '-fflags',
  '+bitexact',
  '-flags:a',
  '+bitexact',
  asFile(path),
];

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

/** Samples `[startSample, endSample)` of a chunk, as `encodeChunks` gives them. Uses a temporary file in `folder`. */
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
        asCodec(codec, path),
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
