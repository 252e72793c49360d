import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findGo } from './go-toolchain.ts';
import type { Provisioning } from './provisioning.ts';
import { ProvisioningError } from './provisioning.ts';
import { runCommand } from './run-command.ts';

export interface GoProgram {
  readonly title: string;
  /** Module path of the command with its version. */
  readonly module: string;
  readonly command: string;
  /** The variable with which the user sets another executable. */
  readonly overrideVariable: string;
  /** How long the first build takes on two cores, for the progress line. */
  readonly usually: string;
}

/** Builds a Go program into HANSARD_HOME/bin and returns its path; a killed build leaves nothing there. */
export async function goInstall(provisioning: Provisioning, program: GoProgram): Promise<string> {
  const { home, log } = provisioning;
  const bin = join(home, 'bin');
  const go = await findGo(provisioning);
  await mkdir(bin, { recursive: true });
  const temporary = await mkdtemp(join(bin, '.building-'));
  try {
    log(`${program.title}: building ${program.module} (${program.usually})`);
    await runCommand(go, ['install', program.module], {
      environment: {
        ...provisioning.environment,
        GOBIN: temporary,
        GOFLAGS: '',
        GOTOOLCHAIN: 'local',
      },
      progress: { what: `${program.title}: building`, log },
    });
    const path = join(bin, program.command);
    await rename(join(temporary, program.command), path);
    log(`${program.title}: built`);
    return path;
  } catch (error) {
    throw new ProvisioningError(
      `${program.title} could not be built. By hand: GOBIN=${bin} go install ${program.module} ` +
        `(Go 1.25 or newer), or set ${program.overrideVariable} to an executable. ${String(error)}`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
