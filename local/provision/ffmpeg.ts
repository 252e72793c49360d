import { aptInstall, canAptInstall } from './apt-install.ts';
import { findTool } from './find-tool.ts';
import type { Provisioning } from './provisioning.ts';
import { ProvisioningError } from './provisioning.ts';
import { runCommand } from './run-command.ts';

export interface MediaPrograms {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

// Debian 12 has 5.1; older versions were not tested.
const OLDEST_MAJOR = 5;

/** Paths of ffmpeg and ffprobe; installs them with apt-get if possible. */
export async function provideFfmpeg(provisioning: Provisioning): Promise<MediaPrograms> {
  const found = await findBoth(provisioning);
  if (found !== null) return found;
  if (await canAptInstall(provisioning.environment)) {
    await aptInstall(provisioning, ['ffmpeg']);
    const installed = await findBoth(provisioning);
    if (installed !== null) return installed;
  }
  throw new ProvisioningError(
    `ffmpeg and ffprobe ${OLDEST_MAJOR} or newer are missing. Debian, Ubuntu: sudo apt-get install ffmpeg. ` +
      'macOS: brew install ffmpeg. Or set their paths in HANSARD_FFMPEG and HANSARD_FFPROBE.',
  );
}

async function findBoth(provisioning: Provisioning): Promise<MediaPrograms | null> {
  const find = (command: 'ffmpeg' | 'ffprobe') =>
    findTool(provisioning, {
      title: command,
      command,
      override: provisioning.overrides[command],
      overrideVariable: `HANSARD_${command.toUpperCase()}`,
      complaint: async (path) => {
        const version = /version n?(\d+)/.exec(await runCommand(path, ['-version']))?.[1];
        // Builds from git have no number; they are newer than what we need.
        if (version === undefined || Number(version) >= OLDEST_MAJOR) return null;
        return `it is version ${version}, ${OLDEST_MAJOR} or newer is needed`;
      },
    });
  const [ffmpeg, ffprobe] = await Promise.all([find('ffmpeg'), find('ffprobe')]);
  return ffmpeg === null || ffprobe === null ? null : { ffmpeg, ffprobe };
}
