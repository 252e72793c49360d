import { findOnPath, isExecutable } from './find-on-path.ts';
import type { Provisioning } from './provisioning.ts';
import { ProvisioningError } from './provisioning.ts';

export interface ToolSearch {
  readonly title: string;
  /** The command's name on PATH. */
  readonly command: string;
  /** What the user named, and the variable that names it. */
  readonly override: string | undefined;
  readonly overrideVariable: string;
  /** Where provisioning keeps it, when it does. */
  readonly cached?: string;
  /** Says what is wrong with the executable, or null when it will do. */
  readonly complaint: (path: string) => Promise<string | null>;
}

/**
 * The first usable one of: what the variable names, PATH, the cache; null when there is none.
 * What the variable names must be usable: the user meant it.
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
    log(`${search.title}: ${path} is passed over: ${complaint}`);
  }
  if (search.cached !== undefined && (await isExecutable(search.cached))) {
    if ((await complaintAbout(search.cached)) === null) return search.cached;
  }
  return null;
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];
