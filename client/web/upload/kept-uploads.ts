import { request } from '../api/request.ts';
import { kept, type KeptUpload } from '../kept/kept.ts';
import { digestOf } from './digest-of.ts';
import type { PartedUpload } from './send-parts.ts';

/** Remembers an upload. A browser that keeps nothing sends all the same. */
export async function keepUpload(upload: KeptUpload): Promise<void> {
  await kept().then(
    (database) => database.put('uploads', upload),
    () => undefined,
  );
}

export async function forgetUpload(id: string): Promise<void> {
  await kept().then(
    (database) => database.delete('uploads', id),
    () => undefined,
  );
}

/** Deletes what was sent. Without an answer the gateway does it, when its time is over. */
export async function abandonUpload(id: string): Promise<void> {
  await forgetUpload(id);
  await request('DELETE', `/uploads/${id}`).catch(() => undefined);
}

export async function keptUploads(owner: string): Promise<readonly KeptUpload[]> {
  const all = await kept().then(
    (database) => database.getAll('uploads'),
    () => [],
  );
  return all.filter((upload) => upload.owner === owner);
}

/** Whether a file that somebody chose is the one of which this was sent: its name, its size, and the parts that were sent. */
export async function isSameFile(
  file: File,
  upload: KeptUpload,
  { received, partBytes }: Pick<PartedUpload, 'received' | 'partBytes'>,
): Promise<boolean> {
  if (file.name !== upload.name || file.size !== upload.bytes) return false;
  for (const part of received) {
    const digest = upload.digests[part];
    if (digest === undefined) {
      if (file.lastModified !== upload.lastModified) return false;
      continue;
    }
    const from = (part - 1) * partBytes;
    if ((await digestOf(file.slice(from, from + partBytes))) !== digest) return false;
  }
  return true;
}
