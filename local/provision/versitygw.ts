import { readFile } from 'node:fs/promises';
import { provideGoProgram } from './go-program.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

const OLDEST_VERSION = '1.8.0';

/** Path of a versitygw that is new enough; built when there is none. */
export const provideVersitygw = (provisioning: Provisioning): Promise<string> =>
  provideGoProgram(provisioning, {
    title: 'versitygw (S3)',
    module: `github.com/versity/versitygw/cmd/versitygw@v${OLDEST_VERSION}`,
    command: 'versitygw',
    override: 'versitygw',
    buildTime: 'about 2 minutes the first time',
    oldestVersion: OLDEST_VERSION,
    readVersion: async (path) => {
      const reported = /Version\s*:\s*v?(\d+\.\d+\.\d+)/.exec(
        await runCommand(path, ['--version']),
      );
      return reported?.[1] ?? (await versionInBuildInfo(path));
    },
  });

/** Built by `go install`, it reports `git`; but Go writes the module's version into every binary as plain text. */
async function versionInBuildInfo(path: string) {
  const binary = await readFile(path);
  const line = Buffer.from('mod\tgithub.com/versity/versitygw\tv');
  const at = binary.indexOf(line);
  if (at === -1) return undefined;
  const longestVersion = 40;
  const rest = binary.toString('latin1', at + line.length, at + line.length + longestVersion);
  return /^\d+\.\d+\.\d+/.exec(rest)?.[0];
}
