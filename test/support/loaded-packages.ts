import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const CLONE = resolve(import.meta.dirname, '../..');

/** Names of the npm packages that a Node process loads, from the start of `file` to its end, however it ends. */
export async function loadedPackages(
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(WATCH)}`, file, ...args],
    { cwd: CLONE, env: { PATH: process.env['PATH'], NODE_DISABLE_COMPILE_CACHE: '1', ...env } },
  ).catch((error: unknown) => endedSchema.parse(error));
  return z.array(z.string()).parse(JSON.parse(stderr.trim().split('\n').at(-1) ?? ''));
}

const endedSchema = z.object({ code: z.int(), stderr: z.string() });

const WATCH = `
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name !== undefined) packages.add(name);
      return next(url, context);
    },
  });
  process.on('exit', () => console.error(JSON.stringify([...packages].sort())));
`;
