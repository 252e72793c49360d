import { randomUUID } from 'node:crypto';
import type { UploadRow } from '../../../adapters/database/uploads.ts';
import { partUploadKey } from '../../../adapters/object-store/keys.ts';
import type { ServiceConnections } from '../../service-connections.ts';
import type { Principal } from '../gateway-app.ts';
import { TooManyUploadsError, UploadNotFoundError } from './upload-errors.ts';
import { OPEN_PART_BYTES, PART_BYTES } from './upload-view.ts';

export type UploadServices = Pick<ServiceConnections, 'uploads' | 'partUploads'>;

/** What lies in the store for nothing is bounded, also if every client goes away. */
const UPLOAD_LIMITS = { ofKey: 20, ofTenant: 100 };

/** Whoever lost the connection on Friday evening goes on on Monday. */
const LIFE_SECONDS = 72 * 3_600;

interface NewUpload {
  readonly name: string;
  /** Null: it is told at the end. */
  readonly bytes: number | null;
  readonly contentType: string | null;
  /** As the client claims. */
  readonly sha256: string | null;
}

/** Throws `TooManyUploadsError`. */
export async function beginUpload(
  services: UploadServices,
  { tenant, keyId }: Pick<Principal, 'tenant' | 'keyId'>,
  { sha256, ...file }: NewUpload,
): Promise<UploadRow> {
  const uploads = await services.uploads();
  const parts = await services.partUploads();
  const partBytes = file.bytes === null ? OPEN_PART_BYTES : PART_BYTES;
  const upload = { ...file, tenant, keyId, id: randomUUID(), partBytes };
  // The row first: what was begun in the store without one, nobody would find and sweep.
  const row = await uploads.create(
    { ...upload, claimedSha256: sha256 },
    UPLOAD_LIMITS,
    LIFE_SECONDS,
  );
  if (row === null) {
    throw new TooManyUploadsError(
      `a key has at most ${UPLOAD_LIMITS.ofKey} uploads at once, and a tenant ${UPLOAD_LIMITS.ofTenant}: ` +
        'make jobs of them, or delete some; GET /api/uploads lists them',
    );
  }
  try {
    await uploads.begun(tenant, row.id, await parts.begin(partUploadKey(tenant, row.id)));
  } catch (error) {
    await uploads.abort(tenant, row.id);
    throw error;
  }
  return row;
}

/** Throws `UploadNotFoundError`. */
export async function findUpload(
  { uploads }: Pick<UploadServices, 'uploads'>,
  tenant: string,
  id: string,
): Promise<UploadRow> {
  return (await (await uploads()).find(tenant, id)) ?? notFound();
}

/** As `findUpload`; it lives longer from now on. */
export async function keepUpload(
  { uploads }: Pick<UploadServices, 'uploads'>,
  tenant: string,
  id: string,
): Promise<UploadRow> {
  return (await (await uploads()).keep(tenant, id, LIFE_SECONDS)) ?? notFound();
}

/** Ends an upload, and deletes what was sent. Throws `UploadNotFoundError`. */
export async function abortUpload(
  services: UploadServices,
  tenant: string,
  id: string,
): Promise<void> {
  const row = (await (await services.uploads()).abort(tenant, id)) ?? notFound();
  await (await services.partUploads()).remove(partUploadKey(tenant, row.id), row.storeUploadId);
}

export function notFound(): never {
  throw new UploadNotFoundError('there is no such upload: begin another one');
}
