import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool, isAtLeast } from './find-tool.ts';
import { goInstall } from './go-install.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';
import { withLock } from './with-lock.ts';

const OLDEST_VERSION = '1.8.0';
const VERSITYGW = {
  title: 'versitygw (S3)',
  module: `github.com/versity/versitygw/cmd/versitygw@v${OLDEST_VERSION}`,
  command: 'versitygw',
  overrideVariable: 'HANSARD_VERSITYGW',
  usually: 'about 2 minutes the first time',
};

/** Path of a new enough versitygw; builds one if there is none. */
export async function provideVersitygw(provisioning: Provisioning): Promise<string> {
  const search = {
    ...VERSITYGW,
    override: provisioning.overrides.versitygw,
    cached: join(provisioning.home, 'bin', VERSITYGW.command),
    complaint: complaintAboutVersitygw,
  };
  const found = await findTool(provisioning, search);
  if (found !== null) return found;
  return withLock(
    provisioning,
    'versitygw',
    async () =>
      (await findTool(provisioning, search)) ?? (await goInstall(provisioning, VERSITYGW)),
  );
}

async function complaintAboutVersitygw(path: string) {
  const said = /Version\s*:\s*v?(\d+\.\d+\.\d+)/.exec(await runCommand(path, ['--version']));
  const version = said?.[1] ?? (await versionInBuildInfo(path));
  if (version === undefined) return 'it does not print its version';
  return isAtLeast(version, OLDEST_VERSION)
    ? null
    : `it is ${version}, ${OLDEST_VERSION} or newer is needed`;
}

/** A versitygw built by `go install` prints `git` as its version, but Go writes the module's version into every binary as text. */
async function versionInBuildInfo(path: string) {
  const binary = await readFile(path);
  const line = Buffer.from('mod\tgithub.com/versity/versitygw\tv');
  const at = binary.indexOf(line);
  if (at === -1) return undefined;
  const longestVersion = 40;
  const rest = binary.toString('latin1', at + line.length, at + line.length + longestVersion);
  return /^\d+\.\d+\.\d+/.exec(rest)?.[0];
}
