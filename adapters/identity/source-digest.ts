import { digestOf } from './digest.ts';

/**
 * The SHA-256 (hex) that stands for the files of a recording, from theirs: one file's own; of several, in their order,
 * that of `{"files":["…","…"]}` as canonical JSON. A property of their contents only: names do not count.
 */
export const sourceDigest = (files: readonly string[]): string =>
  files.length === 1 && files[0] !== undefined ? files[0] : digestOf({ files });
