import { zipSync, type Zippable } from 'fflate';

export interface ZippedFile {
  readonly name: string;
  readonly body: Uint8Array;
}

/**
 * A zip of the files in the order given. The same files give the same bytes on every machine: the deflater is
 * JavaScript, and every entry has the first date that the format knows, in local time as the format wants it.
 */
export function zipFiles(files: readonly ZippedFile[]): Uint8Array {
  const entries: Zippable = {};
  for (const { name, body } of files) entries[name] = [body, { level: isPacked(name) ? 0 : 6 }];
  return zipSync(entries, { mtime: new Date(1980, 0, 1) });
}

/** Compressing again would save nothing. */
const isPacked = (name: string): boolean => /\.(?:png|docx|pdf|ogg)$/.test(name);
