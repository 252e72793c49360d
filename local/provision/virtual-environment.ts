import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall, canAptInstall } from './apt-install.ts';
import { findTool, isAtLeast } from './find-tool.ts';
import type { Provisioning } from './provisioning.ts';
import { ProvisioningError } from './provisioning.ts';
import { runCommand } from './run-command.ts';
import { withLock } from './with-lock.ts';

// Required by faster-whisper 1.2.1.
const OLDEST_PYTHON = '3.9';

const SPEECH_PACKAGES = ['faster-whisper==1.2.1'];

/** Path of a Python with faster-whisper: HANSARD_HOME/venv/bin/python, created if missing. */
export async function providePythonVenv(provisioning: Provisioning): Promise<string> {
  const folder = join(provisioning.home, 'venv');
  if (!(await hasVirtualEnvironment(folder, SPEECH_PACKAGES))) {
    await withLock(provisioning, 'python-venv', async () => {
      if (await hasVirtualEnvironment(folder, SPEECH_PACKAGES)) return;
      provisioning.log(`speech to text: installing ${SPEECH_PACKAGES.join(', ')} (about 500 MB)`);
      await createVirtualEnvironment(provisioning, folder, SPEECH_PACKAGES);
    });
  }
  return join(folder, 'bin', 'python');
}

/** Creates a Python virtual environment with the packages. The marker is written last; without it the folder is created again. */
export async function createVirtualEnvironment(
  provisioning: Provisioning,
  folder: string,
  packages: readonly string[],
): Promise<void> {
  const python = await findPython(provisioning);
  await makeVenv(provisioning, python, folder);
  await runCommand(
    join(folder, 'bin', 'python'),
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', ...packages],
    {
      environment: provisioning.environment,
      progress: { what: `pip install ${packages.join(' ')}`, log: provisioning.log },
    },
  );
  await writeFile(join(folder, MARKER), markerOf(packages));
}

const hasVirtualEnvironment = async (folder: string, packages: readonly string[]) =>
  (await readFile(join(folder, MARKER), 'utf8').catch(() => '')) === markerOf(packages);

const MARKER = 'hansard-packages.txt';
const markerOf = (packages: readonly string[]) => `${packages.join('\n')}\n`;

async function findPython(provisioning: Provisioning): Promise<string> {
  const python = await findTool(provisioning, {
    title: 'Python',
    command: 'python3',
    override: provisioning.overrides.python,
    overrideVariable: 'HANSARD_PYTHON',
    complaint: async (path) => {
      const said = await runCommand(path, [
        '-c',
        'import sys; print("%d.%d" % sys.version_info[:2])',
      ]);
      const version = said.trim();
      return isAtLeast(version, OLDEST_PYTHON)
        ? null
        : `it is Python ${version}, ${OLDEST_PYTHON} or newer is needed`;
    },
  });
  if (python !== null) return python;
  throw new ProvisioningError(
    `Python ${OLDEST_PYTHON} or newer is missing: put python3 on PATH or set its path in HANSARD_PYTHON.`,
  );
}

async function makeVenv(provisioning: Provisioning, python: string, folder: string) {
  const make = async () => {
    await rm(folder, { recursive: true, force: true });
    await runCommand(python, ['-m', 'venv', folder], { environment: provisioning.environment });
  };
  await make().catch(async (error: unknown) => {
    // Debian's Python has no ensurepip.
    if (!(await canAptInstall(provisioning.environment))) {
      throw new ProvisioningError(
        `${python} -m venv fails. Debian, Ubuntu: sudo apt-get install python3-venv. ${String(error)}`,
        { cause: error },
      );
    }
    await aptInstall(provisioning, ['python3-venv']);
    await make();
  });
}
