import { buffer } from 'node:stream/consumers';
import { hashFile, sha256 } from '../../adapters/identity/digest.ts';
import { APPROVED_FILES } from '../../workflows/contracts/approval.ts';
import type { ResultSource } from './result-source.ts';

/** Throws `NotAsApprovedError` unless the file, which was written to a path, is one that was approved. */
type CheckApproved = (name: string, path: string) => Promise<void>;

/**
 * The check of the files of a version: it lets everything pass unless the version is approved. Throws
 * `NotAsApprovedError` if their list is not the one that was approved.
 */
export async function approvedFiles({
  id,
  filesSha256,
  open,
}: Pick<ResultSource, 'id' | 'filesSha256' | 'open'>): Promise<CheckApproved> {
  if (filesSha256 === null) return () => Promise.resolve();
  const list = await buffer(await open(APPROVED_FILES));
  if (sha256(list) !== filesSha256) throw new NotAsApprovedError(id, APPROVED_FILES);
  const digests = new Map(
    new TextDecoder()
      .decode(list)
      .split('\n')
      .map((line) => [line.slice(DIGEST_LENGTH + 2), line.slice(0, DIGEST_LENGTH)]),
  );
  return async (name, path) => {
    if (name === APPROVED_FILES) return;
    if ((await hashFile(path)).sha256 !== digests.get(name)) {
      throw new NotAsApprovedError(id, name);
    }
  };
}

const DIGEST_LENGTH = 64;

class NotAsApprovedError extends Error {
  override readonly name = 'NotAsApprovedError';

  constructor(id: string, file: string) {
    super(
      `${file} of job ${id} is not the file that was approved: somebody changed it in the store, and it was not written`,
    );
  }
}
