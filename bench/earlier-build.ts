import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The build that this file belongs to. */
export const THIS_BUILD = join(import.meta.dirname, '..');

/**
 * A folder with the files of an earlier commit, made once and reused. It shares this build's node_modules when both
 * have the same package-lock.json; otherwise `npm ci` installs its own.
 */
export async function earlierBuild(commit: string): Promise<string> {
  const id = await commitId(commit);
  const folder = join(tmpdir(), `hansard-build-${id.slice(0, 12)}`);
  if (await exists(join(folder, 'node_modules'))) return folder;
  const unfinished = await mkdtemp(`${folder}-`);
  const archive = `${unfinished}.tar`;
  try {
    await run('git', ['archive', '--output', archive, id], { cwd: THIS_BUILD });
    await run('tar', ['-xf', archive, '-C', unfinished]);
    if (await hasSameLock(unfinished)) {
      await symlink(join(THIS_BUILD, 'node_modules'), join(unfinished, 'node_modules'));
    } else {
      console.error(`npm ci in ${unfinished}: its package-lock.json differs from this build's`);
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

async function hasSameLock(folder: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all(
    [folder, THIS_BUILD].map((build) => readFile(join(build, 'package-lock.json'), 'utf8')),
  );
  return theirs === ours;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
