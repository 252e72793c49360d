import { provideGoProgram } from './go-program.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

/** Path of a Temporal CLI whose development server is new enough; built when there is none. */
export const provideTemporalCli = (provisioning: Provisioning): Promise<string> =>
  provideGoProgram(provisioning, {
    title: 'Temporal server',
    // From 1.6.0 on `go install` refuses, because of a `replace` in its go.mod.
    module: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
    command: 'temporal',
    override: 'temporalCli',
    buildTime: 'about 4 minutes the first time',
    // The server inside CLI 1.5.1: what Hansard is tested with.
    oldestVersion: '1.29.1',
    // The CLI's own version is 0.0.0-DEV when built by `go install`; the server's is right.
    readVersion: async (path) =>
      /Server (\d+\.\d+\.\d+)/.exec(await runCommand(path, ['--version']))?.[1],
  });
