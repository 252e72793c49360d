import { join } from 'node:path';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';
import { decodeRecording } from './decode-recording.ts';
import { asFile, runMediaTool, type MediaBinaries } from './media-binaries.ts';
import { MediaMachineError } from './media-errors.ts';

/**
 * Writes what was heard of a recording as Opus (24 kbit/s, mono, all tracks at once), about 11 MB an hour. Its times are
 * those of the transcript, whatever the recording's container says. Throws as `decodeRecording` does.
 */
export async function copyAsOpus(input: {
  /** Of a file, or of several that follow one another. */
  readonly path: string | readonly string[];
  readonly copyPath: string;
  /** A folder for files of its own. */
  readonly scratch: string;
  readonly binaries: MediaBinaries;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const { path, copyPath, scratch, binaries, signal } = input;
  const pcmPath = join(scratch, 'heard.s16le');
  const { samples, sound } = await decodeRecording({ path, pcmPath, binaries, signal });
  const seconds = samples / sound.tracks.length / SAMPLE_RATE;
  // The tracks lie one after the other in the file.
  const tracks = sound.tracks.flatMap(({ startSample }) =>
    [
      ['-f', 's16le', '-ar', `${SAMPLE_RATE}`, '-ac', '1'],
      ['-ss', `${startSample / SAMPLE_RATE}`, '-t', `${seconds}`, '-i', asFile(pcmPath)],
    ].flat(),
  );
  const mixed =
    sound.tracks.length === 1
      ? []
      : ['-filter_complex', `amix=inputs=${sound.tracks.length}:normalize=0`];
  const { exitCode } = await runMediaTool(
    binaries.ffmpeg,
    [
      ['-v', 'error', '-nostdin', '-y', ...tracks, ...mixed],
      // The same recording gives the same file.
      ['-c:a', 'libopus', '-b:a', '24k', '-application', 'voip', '-fflags', '+bitexact'],
      ['-flags:a', '+bitexact', '-map_metadata', '-1', '-f', 'ogg', asFile(copyPath)],
    ].flat(),
    { signal },
  );
  if (exitCode !== 0) {
    throw new MediaMachineError(
      `ffmpeg could not write Opus (exit ${exitCode}): is it built with libopus?`,
    );
  }
}
