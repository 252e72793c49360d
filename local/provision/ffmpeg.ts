import type { MediaBinaries } from '../../adapters/media/media-binaries.ts';
import { findOrAptInstall } from './apt-install.ts';
import { findTool } from './find-tool.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

// Debian 12 has 5.1; nothing older was tried.
const OLDEST_MAJOR = '5';

/** Paths of ffmpeg and ffprobe, installed with apt-get where possible. */
export async function provideFfmpeg(provisioning: Provisioning): Promise<MediaBinaries> {
  const found = await findOrAptInstall(provisioning, 'ffmpeg', () => findBoth(provisioning));
  if (found !== null) return found;
  throw new Error(
    `ffmpeg and ffprobe ${OLDEST_MAJOR} or newer are missing. Debian, Ubuntu: sudo apt-get install ffmpeg. ` +
      'macOS: brew install ffmpeg. Or set HANSARD_FFMPEG and HANSARD_FFPROBE to their paths.',
  );
}

async function findBoth(provisioning: Provisioning): Promise<MediaBinaries | null> {
  const find = (command: 'ffmpeg' | 'ffprobe') =>
    findTool(provisioning, {
      title: command,
      command,
      override: command,
      oldestVersion: OLDEST_MAJOR,
      // Builds from git have no version number; accept them: they are newer than what we need.
      readVersion: async (path) =>
        /version n?(\d+)/.exec(await runCommand(path, ['-version']))?.[1] ?? OLDEST_MAJOR,
    });
  const [ffmpeg, ffprobe] = await Promise.all([find('ffmpeg'), find('ffprobe')]);
  return ffmpeg === null || ffprobe === null ? null : { ffmpeg, ffprobe };
}
