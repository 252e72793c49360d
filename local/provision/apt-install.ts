import { findOnPath } from './find-tool.ts';
import type { Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';
import { withLock } from './with-lock.ts';

/** Whether this process may install Debian packages. */
export const canAptInstall = async (environment: NodeJS.ProcessEnv): Promise<boolean> =>
  process.getuid?.() === 0 && (await findOnPath('apt-get', environment)).length > 0;

/** Installs Debian packages; updates the package lists if the first try fails. */
export const aptInstall = (provisioning: Provisioning, packages: readonly string[]) =>
  withLock(provisioning, 'apt', async () => {
    const environment = { ...provisioning.environment, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...words: readonly string[]) =>
      runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...words], {
        environment,
        progress: { what: `apt-get ${words[0]}`, log: provisioning.log },
      });
    const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
    provisioning.log(`installing ${packages.join(', ')} with apt-get`);
    await install().catch(async () => {
      await apt('update');
      await install();
    });
  });
