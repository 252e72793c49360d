import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

/** The build that this file belongs to. */
export const THIS_BUILD = join(import.meta.dirname, '..');

/**
 * A folder with the files of an earlier commit, made once and reused. It shares this build's node_modules when these have
 * every package of its package-lock.json in the same version and place; otherwise `npm ci` installs its own.
 */
export async function earlierBuild(commit: string): Promise<string> {
  const id = await commitId(commit);
  const folder = join(tmpdir(), `hansard-build-${id.slice(0, 12)}`);
  if (await isComplete(folder)) return folder;
  const unfinished = await mkdtemp(`${folder}-`);
  const archive = `${unfinished}.tar`;
  try {
    await run('git', ['archive', '--output', archive, id], { cwd: THIS_BUILD });
    await run('tar', ['-xf', archive, '-C', unfinished]);
    if (await canShareModules(unfinished)) {
      await symlink(join(THIS_BUILD, 'node_modules'), join(unfinished, 'node_modules'));
    } else {
      console.error(`npm ci in ${unfinished}: it needs other packages than this build`);
      await run('npm', ['ci'], { cwd: unfinished, maxBuffer: 64e6 });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
    return folder;
  } finally {
    await rm(archive, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function commitId(commit: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--verify', `${commit}^{commit}`], {
      cwd: THIS_BUILD,
    });
    return stdout.trim();
  } catch (error) {
    throw new Error(
      `this clone's git history has no commit ${commit}: a shallow clone lacks it (git fetch --unshallow), ` +
        'and so does a copy without .git. Name another commit, such as HEAD~1.',
      { cause: error },
    );
  }
}

/** False, too, when the shared node_modules have changed since. */
async function isComplete(folder: string): Promise<boolean> {
  const modules = await lstat(join(folder, 'node_modules')).catch(() => null);
  return modules !== null && (!modules.isSymbolicLink() || (await canShareModules(folder)));
}

async function canShareModules(folder: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all([lockedPackages(folder), lockedPackages(THIS_BUILD)]);
  return Object.entries(theirs).every(
    ([place, { version }]) => place === '' || ours[place]?.version === version,
  );
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional() })),
});

async function lockedPackages(folder: string) {
  const text = await readFile(join(folder, 'package-lock.json'), 'utf8');
  return lockSchema.parse(JSON.parse(text)).packages;
}
