import { join } from 'node:path';
import { findTool, isAtLeast } from './find-tool.ts';
import { goInstall } from './go-install.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';
import { withLock } from './with-lock.ts';

// `go install` refuses 1.6.0 and newer because of a `replace` in its go.mod.
const TEMPORAL_CLI = {
  title: 'Temporal CLI',
  module: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
  command: 'temporal',
  overrideVariable: 'HANSARD_TEMPORAL_CLI',
  usually: 'about 4 minutes the first time',
};
// The server in CLI 1.5.1; Hansard is tested with it.
const OLDEST_SERVER = '1.29.1';

/** Path of a Temporal CLI with a new enough development server; builds one if there is none. */
export async function provideTemporalCli(provisioning: Provisioning): Promise<string> {
  const search = {
    ...TEMPORAL_CLI,
    override: provisioning.overrides.temporalCli,
    cached: join(provisioning.home, 'bin', TEMPORAL_CLI.command),
    complaint: complaintAboutTemporal,
  };
  const found = await findTool(provisioning, search);
  if (found !== null) return found;
  return withLock(
    provisioning,
    'temporal-cli',
    async () =>
      (await findTool(provisioning, search)) ?? (await goInstall(provisioning, TEMPORAL_CLI)),
  );
}

async function complaintAboutTemporal(path: string) {
  const said = await runCommand(path, ['--version']);
  // A CLI built by `go install` has the version 0.0.0-DEV; the server's version is correct.
  const server = /Server (\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (server === undefined) return 'it does not print the version of its server';
  return isAtLeast(server, OLDEST_SERVER)
    ? null
    : `it has Temporal server ${server}, ${OLDEST_SERVER} or newer is needed`;
}
