import { partUploadKey } from '../../adapters/object-store/keys.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Deletes what was sent of uploads whose time is over, and their rows. Of those that jobs were made of, only the row is
 * left. Answers how many there were.
 */
export async function sweepUploads({
  uploads,
  partUploads,
}: Pick<Dependencies, 'uploads' | 'partUploads'>): Promise<number> {
  let removed = 0;
  for (;;) {
    const expired = await uploads.listExpired();
    if (expired.length === 0) return removed;
    for (const row of expired) {
      await partUploads.remove(partUploadKey(row.tenant, row.id), row.storeUploadId);
      await uploads.remove(row);
    }
    removed += expired.length;
  }
}
