import { runMediaTool, type MediaBinaries } from './media-binaries.ts';

/** Throws `MissingBinaryError` unless both programs of ffmpeg start. */
export async function requireMediaBinaries({ ffmpeg, ffprobe }: MediaBinaries): Promise<void> {
  for (const binary of [ffmpeg, ffprobe]) await runMediaTool(binary, ['-version']);
}
