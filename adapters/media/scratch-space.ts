import { statfs } from 'node:fs/promises';
import { MediaMachineError } from './media-errors.ts';

/** Throws `MediaMachineError` unless the disk of `folder` has room for `bytes`. */
export async function requireScratchSpace(folder: string, bytes: number): Promise<void> {
  if ((await freeBytes(folder)) < bytes) throw await diskFull(folder, bytes);
}

/** The error for a disk that is full; `bytes`: how much is needed, if that is known. */
export async function diskFull(folder: string, bytes?: number): Promise<MediaMachineError> {
  const free = inMegabytes(await freeBytes(folder));
  const needed = bytes === undefined ? '' : `; this recording needs ${inMegabytes(bytes)}`;
  return new MediaMachineError(
    `the disk of the worker's scratch folder ${folder} has ${free} free${needed}. ` +
      'Free some space, or set TMPDIR to a larger disk: the job then continues.',
  );
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const inMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
