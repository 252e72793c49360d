import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { BYTES_PER_SAMPLE } from './decode-recording.ts';
import { asFile } from './input-limits.ts';
import { MEDIA_BINARIES, runMediaTool, type MediaBinaries } from './media-binaries.ts';

/**
 * Samples `[startSample, endSample)` of an s16le file as FLAC, 16 kHz mono: the very samples, at about half the bytes.
 * Writes a short-lived file beside `pcmPath`, for ffmpeg completes the header (length, checksum) only in a file.
 */
export async function encodeChunk(input: {
  readonly pcmPath: string;
  readonly startSample: number;
  readonly endSample: number;
  readonly signal?: AbortSignal | undefined;
  readonly binaries?: MediaBinaries;
}): Promise<Uint8Array> {
  const { pcmPath, startSample, endSample, signal, binaries = MEDIA_BINARIES } = input;
  if (endSample <= startSample) throw new RangeError('a chunk holds at least one sample');
  const flacPath = `${pcmPath}.${startSample}-${endSample}.flac`;
  try {
    const { exitCode, stderr } = await runMediaTool(
      binaries.ffmpeg,
      [
        ['-y', '-v', 'error', '-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1'],
        ['-protocol_whitelist', 'pipe', '-i', 'pipe:0'],
        // Without its version in the tags the same samples give the same bytes.
        ['-c:a', 'flac', '-fflags', '+bitexact', '-flags:a', '+bitexact', asFile(flacPath)],
      ].flat(),
      {
        signal,
        stdin: createReadStream(pcmPath, {
          start: startSample * BYTES_PER_SAMPLE,
          end: endSample * BYTES_PER_SAMPLE - 1,
        }),
      },
    );
    if (exitCode !== 0) throw new Error(`ffmpeg could not encode a chunk: ${stderr.slice(0, 200)}`);
    return await readFile(flacPath);
  } finally {
    await rm(flacPath, { force: true });
  }
}
