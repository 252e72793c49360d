import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { asFile } from './input-limits.ts';
import { MEDIA_BINARIES, runMediaTool, type MediaBinaries } from './media-binaries.ts';

/**
 * A chunk as WAV, for providers that read no FLAC: the very samples. Writes a file into `folder`, for ffmpeg completes
 * the header (lengths) only in a file; the folder is the caller's to remove.
 */
export async function flacToWave(input: {
  readonly flac: Uint8Array;
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly binaries?: MediaBinaries;
}): Promise<Uint8Array> {
  const { flac, folder, signal, binaries = MEDIA_BINARIES } = input;
  const wavePath = join(folder, 'chunk.wav');
  const { exitCode, stderr } = await runMediaTool(
    binaries.ffmpeg,
    [
      ['-y', '-v', 'error', '-protocol_whitelist', 'pipe', '-f', 'flac', '-i', 'pipe:0'],
      ['-c:a', 'pcm_s16le', '-fflags', '+bitexact', '-flags:a', '+bitexact', asFile(wavePath)],
    ].flat(),
    { signal, stdin: Readable.from([flac]) },
  );
  if (exitCode !== 0) throw new Error(`ffmpeg could not decode a chunk: ${stderr.slice(0, 200)}`);
  return await readFile(wavePath);
}
