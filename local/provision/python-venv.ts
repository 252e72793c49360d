import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall, canAptInstall } from './apt-install.ts';
import { findTool } from './find-tool.ts';
import { findOrMake, type Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

const SPEECH_PACKAGES = ['faster-whisper==1.2.1'];
// What faster-whisper 1.2.1 requires.
const OLDEST_PYTHON = '3.9';

/** Path of a Python with faster-whisper: HANSARD_HOME/venv/bin/python, created when it is missing. */
export const providePythonVenv = (provisioning: Provisioning): Promise<string> =>
  provideVirtualEnvironment(provisioning, {
    folder: 'venv',
    packages: SPEECH_PACKAGES,
    purpose: 'speech to text',
    size: 'about 500 MB',
  });

/** Path of the Python of HANSARD_HOME/folder, a virtual environment that is created unless it has these very packages. */
export async function provideVirtualEnvironment(
  provisioning: Provisioning,
  {
    folder,
    packages,
    purpose,
    size,
  }: {
    readonly folder: string;
    /** As pip names them, with their versions. */
    readonly packages: readonly string[];
    readonly purpose: string;
    readonly size: string;
  },
): Promise<string> {
  const path = join(provisioning.home, folder);
  const python = join(path, 'bin', 'python');
  const find = async () =>
    (await readFile(join(path, MARKER), 'utf8').catch(() => '')) === markerOf(packages)
      ? python
      : null;
  return await findOrMake(provisioning, `python-${folder}`, find, async () => {
    provisioning.log(`${purpose}: installing ${packages.join(', ')} (${size})`);
    await createVirtualEnvironment(provisioning, path, packages);
    return python;
  });
}

/** Creates a Python virtual environment with the packages, replacing what is in the folder. */
export async function createVirtualEnvironment(
  provisioning: Provisioning,
  folder: string,
  packages: readonly string[],
): Promise<void> {
  const { environment, log } = provisioning;
  await makeVenv(provisioning, await findPython(provisioning), folder);
  await runCommand(
    join(folder, 'bin', 'python'),
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', ...packages],
    { environment, progress: { what: `pip install ${packages.join(' ')}`, log } },
  );
  await writeFile(join(folder, MARKER), markerOf(packages));
}

/** Written last: a folder without it is incomplete. */
const MARKER = 'hansard-packages.txt';
const markerOf = (packages: readonly string[]) => `${packages.join('\n')}\n`;

async function findPython(provisioning: Provisioning): Promise<string> {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const python = await findTool(provisioning, {
    title: 'Python',
    command: 'python3',
    override: 'python',
    oldestVersion: OLDEST_PYTHON,
    readVersion: async (path) => (await runCommand(path, ['-c', script])).trim(),
  });
  if (python !== null) return python;
  throw new Error(
    `Python ${OLDEST_PYTHON} or newer is missing: put python3 on PATH or set HANSARD_PYTHON to its path.`,
  );
}

async function makeVenv(provisioning: Provisioning, python: string, folder: string) {
  const make = async () => {
    await rm(folder, { recursive: true, force: true });
    await runCommand(python, ['-m', 'venv', folder], { environment: provisioning.environment });
  };
  await make().catch(async (error: unknown) => {
    // Debian's Python comes without ensurepip.
    if (!(await canAptInstall(provisioning.environment))) {
      throw new Error(
        `${python} -m venv fails. Debian, Ubuntu: sudo apt-get install python3-venv. ${String(error)}`,
        { cause: error },
      );
    }
    await aptInstall(provisioning, 'python3-venv');
    await make();
  });
}
