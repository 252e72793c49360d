import { findOnPath } from './find-tool.ts';
import { withLock, type Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

/** What `find` finds; when it finds nothing, installs the Debian package, if this process may, and looks again. */
export async function findOrAptInstall<T>(
  provisioning: Provisioning,
  packageName: string,
  find: () => Promise<T | null>,
): Promise<T | null> {
  const found = await find();
  if (found !== null || !(await canAptInstall(provisioning.environment))) return found;
  await aptInstall(provisioning, packageName).catch((error: unknown) => {
    provisioning.log(`apt-get cannot install ${packageName}: ${String(error)}`);
  });
  return find();
}

/** Whether this process may install Debian packages. */
export const canAptInstall = async (environment: NodeJS.ProcessEnv): Promise<boolean> =>
  process.getuid?.() === 0 && (await findOnPath('apt-get', environment)).length > 0;

/** Installs a Debian package; when that fails, updates the package lists and tries again. */
export const aptInstall = (provisioning: Provisioning, packageName: string) =>
  withLock(provisioning, 'apt', async () => {
    const environment = { ...provisioning.environment, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...words: readonly string[]) =>
      runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...words], {
        environment,
        progress: { what: `apt-get ${words[0]}`, log: provisioning.log },
      });
    const install = () => apt('install', '-y', '--no-install-recommends', packageName);
    provisioning.log(`installing ${packageName} with apt-get`);
    await install().catch(async () => {
      await apt('update');
      await install();
    });
  });
