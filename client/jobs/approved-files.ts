import type { JobRow } from '../../adapters/database/job-library.ts';
import { hashFile, sha256 } from '../../adapters/identity/digest.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { APPROVED_FILES } from '../../workflows/contracts/approval.ts';

/** Throws `NotAsApprovedError` unless the file, which was written to a path, is one that was approved. */
type CheckApproved = (name: string, path: string) => Promise<void>;

/**
 * The check of the files of a version: it lets everything pass unless the version is approved. Throws
 * `NotAsApprovedError` if their list is not the one that was approved.
 *
 * @param folder of the version, in the store
 */
export async function approvedFiles(
  { id, approval }: Pick<JobRow, 'id' | 'approval'>,
  store: ObjectStore,
  folder: string,
): Promise<CheckApproved> {
  if (approval?.state !== 'approved') return () => Promise.resolve();
  const list = await store.get(`${folder}${APPROVED_FILES}`);
  if (sha256(list) !== approval.filesSha256) throw new NotAsApprovedError(id, APPROVED_FILES);
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
