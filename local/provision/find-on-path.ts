import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Every executable of that name on PATH, in order. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const candidates = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
  const found: string[] = [];
  for (const path of candidates) if (await isExecutable(path)) found.push(path);
  return found;
}

export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
