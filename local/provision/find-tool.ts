import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Provisioning } from './provisioning.ts';
import { ProvisioningError } from './provisioning.ts';

export interface ToolSearch {
  readonly title: string;
  /** The command's name on PATH. */
  readonly command: string;
  /** The path that the user set, and the variable that sets it. */
  readonly override: string | undefined;
  readonly overrideVariable: string;
  /** Where provisioning puts what it builds or downloads. */
  readonly cached?: string;
  /** What is wrong with the executable; null: it can be used. */
  readonly complaint: (path: string) => Promise<string | null>;
}

/**
 * Finds the first usable executable: the user's variable, then PATH, then the cache; null: there is none. Throws if the
 * path in the variable cannot be used.
 */
export async function findTool(
  { environment, log }: Provisioning,
  search: ToolSearch,
): Promise<string | null> {
  const complaintAbout = (path: string) =>
    search.complaint(path).catch((error: unknown) => `it cannot be run: ${firstLine(error)}`);
  if (search.override !== undefined) {
    const complaint = (await isExecutable(search.override))
      ? await complaintAbout(search.override)
      : 'it is not an executable file';
    if (complaint === null) return search.override;
    throw new ProvisioningError(
      `${search.overrideVariable}=${search.override} cannot be used: ${complaint}. Correct or unset it.`,
    );
  }
  for (const path of await findOnPath(search.command, environment)) {
    const complaint = await complaintAbout(path);
    if (complaint === null) return path;
    log(`${search.title}: ${path} is skipped: ${complaint}`);
  }
  if (search.cached !== undefined && (await isExecutable(search.cached))) {
    if ((await complaintAbout(search.cached)) === null) return search.cached;
  }
  return null;
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** All executables with that name on PATH, in order. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const candidates = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
  const found: string[] = [];
  for (const path of candidates) if (await isExecutable(path)) found.push(path);
  return found;
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Whether a dotted version such as 1.29.1 is the wanted version or newer. A missing part counts as 0. */
export function isAtLeast(version: string, wanted: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, part] of wanted.split('.').map(Number).entries()) {
    const difference = (parts[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
