import { join } from 'node:path';
import type { Provisioning } from './provisioning.ts';
import { createVirtualEnvironment, hasVirtualEnvironment } from './virtual-environment.ts';
import { withLock } from './with-lock.ts';

const PACKAGES = ['faster-whisper==1.2.1'];

/** Path of a Python that has faster-whisper: HANSARD_HOME/venv/bin/python, made when it is not there. */
export async function providePythonVenv(provisioning: Provisioning): Promise<string> {
  const folder = join(provisioning.home, 'venv');
  if (!(await hasVirtualEnvironment(folder, PACKAGES))) {
    await withLock(provisioning, 'python-venv', async () => {
      if (await hasVirtualEnvironment(folder, PACKAGES)) return;
      provisioning.log(`speech to text: installing ${PACKAGES.join(', ')} (about 500 MB)`);
      await createVirtualEnvironment(provisioning, folder, PACKAGES);
    });
  }
  return join(folder, 'bin', 'python');
}
