import { mkdir, mkdtempDisposable, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOrMake, type Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

const VERSION = '3.22.1';

/** llama.cpp compiled for a machine, by Node's names of platform and architecture. */
const BINARIES: Readonly<Record<string, string>> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'darwin-x64': '@node-llama-cpp/mac-x64',
};

/**
 * Path of a folder in which npm installed node-llama-cpp: HANSARD_HOME/node-llama-cpp, made when it is missing. Only who
 * names a model needs it, so it is no dependency of the project. Throws an error that says what to do.
 */
export async function provideLlamaRuntime(
  provisioning: Provisioning,
  machine = `${process.platform}-${process.arch}`,
): Promise<string> {
  const folder = join(provisioning.home, 'node-llama-cpp');
  const find = async () =>
    (await readFile(join(folder, MARKER), 'utf8').catch(() => '')) === VERSION ? folder : null;
  return await findOrMake(provisioning, 'node-llama-cpp', find, async () => {
    const binaries = BINARIES[machine];
    if (binaries === undefined) {
      throw new Error(`HANSARD_GGUF: llama.cpp is not compiled for ${machine}. Unset it.`);
    }
    const packages = [`node-llama-cpp@${VERSION}`, `${binaries}@${VERSION}`];
    provisioning.log(`language model: installing ${packages.join(', ')} (85 MB)`);
    await install(provisioning, folder, packages);
    return folder;
  });
}

/** Written last: a folder without it is incomplete. */
const MARKER = 'hansard-version.txt';

async function install(
  { home, environment, log }: Provisioning,
  folder: string,
  packages: readonly string[],
) {
  await mkdir(home, { recursive: true });
  await using temporary = await mkdtempDisposable(join(home, '.fetching-'));
  const made = join(temporary.path, 'runtime');
  await mkdir(made);
  await writeFile(join(made, 'package.json'), '{"private":true}\n');
  // Its script would compile what is not there, and the packages of other machines and of graphics cards are large.
  const flags = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runCommand('npm', ['install', '--prefix', made, ...flags, ...packages], {
    environment,
    progress: { what: 'npm install of node-llama-cpp', log },
  });
  await writeFile(join(made, MARKER), VERSION);
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
}
