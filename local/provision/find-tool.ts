import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TOOL_VARIABLES, type ToolOverrides } from '../config.ts';
import type { Provisioning } from './provisioning.ts';

export interface ToolSearch {
  readonly title: string;
  /** The command's name on PATH. */
  readonly command: string;
  /** Which override replaces it, if any does. */
  readonly override?: keyof ToolOverrides;
  /** Where provisioning installs it, if it does. */
  readonly cached?: string;
  readonly oldestVersion: string;
  /** The version that the executable reports; undefined when it reports none. */
  readonly readVersion: (path: string) => Promise<string | undefined>;
}

/**
 * The first usable executable of: the user's override, PATH, the cache; null when there is none. Throws when the user's
 * override cannot be used.
 */
export async function findTool(
  { environment, overrides, log }: Provisioning,
  search: ToolSearch,
): Promise<string | null> {
  const named = search.override && overrides[search.override];
  if (search.override !== undefined && named !== undefined) {
    const fault = await faultOf(search, named);
    if (fault === null) return named;
    throw new Error(
      `${TOOL_VARIABLES[search.override]}=${named} cannot be used: ${fault}. Correct or unset it.`,
    );
  }
  for (const path of await findOnPath(search.command, environment)) {
    const fault = await faultOf(search, path);
    if (fault === null) return path;
    log(`${search.title}: ${path} is skipped: ${fault}`);
  }
  const { cached } = search;
  return cached !== undefined && (await faultOf(search, cached)) === null ? cached : null;
}

/** Why the executable cannot be used; null when it can. */
export async function faultOf(
  { oldestVersion, readVersion }: Pick<ToolSearch, 'oldestVersion' | 'readVersion'>,
  path: string,
): Promise<string | null> {
  if (!(await isExecutable(path))) return 'it is not an executable file';
  try {
    const version = await readVersion(path);
    if (version === undefined) return 'it does not report its version';
    if (isAtLeast(version, oldestVersion)) return null;
    return `it is version ${version}, ${oldestVersion} or newer is needed`;
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
    return `it cannot be run: ${firstLine}`;
  }
}

/** Every executable of that name on PATH, in order. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const found: string[] = [];
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isExecutable(path))) found.push(path);
  }
  return found;
}

/** Compares dotted versions such as 1.29.1 by their numbers. */
export const isAtLeast = (version: string, oldest: string): boolean =>
  version.localeCompare(oldest, 'en', { numeric: true }) >= 0;

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
