import type { UploadRow } from '../../../adapters/database/uploads.ts';
import { partUploadKey } from '../../../adapters/object-store/keys.ts';
import type { StoredParts } from '../../../adapters/object-store/list-parts.ts';
import { InvalidOptionError } from '../../config.ts';
import { UploadCompleteError, UploadIncompleteError } from './upload-errors.ts';
import { findUpload, notFound, type UploadServices } from './upload-life.ts';
import { bytesOfPart, partCount } from './upload-view.ts';

/** Enough to send a part over a slow line; whoever's addresses are too old asks again. */
const ADDRESS_SECONDS = 900;

/** The numbers of the parts that are there, in order. */
export async function receivedParts(services: UploadServices, row: UploadRow): Promise<number[]> {
  const stored = row.completedAt === null ? await storedParts(services, row) : 'whole';
  if (stored === 'whole') return partsOf(row);
  return [...stored.keys()].toSorted((one, other) => one - other);
}

/** Addresses to send these parts to. Throws `UploadCompleteError`, and `InvalidOptionError` for a part that there is none of. */
export async function partAddresses(
  services: UploadServices,
  row: UploadRow,
  wanted: readonly number[],
) {
  const { tenant, id, storeUploadId } = row;
  if (row.completedAt !== null) {
    throw new UploadCompleteError('the upload is complete: make a job of it');
  }
  if (storeUploadId === null) return notFound();
  const store = await services.partUploads();
  const validUntil = new Date(Date.now() + ADDRESS_SECONDS * 1_000).toISOString();
  const addressOf = async (part: number) => {
    const bytes = bytesOfPart(row, part);
    if (bytes === null) {
      const parts = partCount(row) ?? 'no more than the largest file';
      throw new InvalidOptionError(`there is no part ${part}: the upload has ${parts}`);
    }
    const key = partUploadKey(tenant, id);
    const asked = { part, bytes, seconds: ADDRESS_SECONDS };
    return { part, bytes, url: await store.addressOf(key, storeUploadId, asked) };
  };
  return { parts: await Promise.all(wanted.map(addressOf)), validUntil };
}

/**
 * Makes the object of its parts, once: a complete one stays as it is. Throws `UploadIncompleteError` while parts are
 * missing, `UploadNotFoundError` where the store has lost them.
 */
export async function completeParts(services: UploadServices, row: UploadRow): Promise<UploadRow> {
  if (row.completedAt !== null) return row;
  const { tenant, id, bytes, storeUploadId } = row;
  if (bytes === null) {
    throw new UploadIncompleteError(
      'the length of the upload is not known yet: POST it to /api/uploads/{id}/length, send what is missing, and complete the upload again',
    );
  }
  const stored = await storedParts(services, row);
  // Whole: somebody went away between the store's answer and the row.
  if (stored !== 'whole') {
    const missing = partsOf(row).filter((part) => !stored.has(part));
    if (missing.length > 0 || storeUploadId === null) throw incomplete(missing);
    const store = await services.partUploads();
    const key = partUploadKey(tenant, id);
    const outcome = await store.complete(key, storeUploadId, { parts: stored, bytes });
    if (outcome === 'gone') return notFound();
    if (outcome === 'changed') {
      throw new UploadIncompleteError('a part was sent again meanwhile: complete the upload again');
    }
  }
  await (await services.uploads()).complete(tenant, id);
  return await findUpload(services, tenant, id);
}

/**
 * Tells how long a file is that began without a length; told again, it stays. Throws `InvalidOptionError` where it has
 * another length, or more was sent than that.
 */
export async function tellLength(
  services: UploadServices,
  row: UploadRow,
  bytes: number,
): Promise<UploadRow> {
  const { tenant, id } = row;
  if (row.bytes === null) {
    const { partBytes } = row;
    const most = Math.max(0, ...(await receivedParts(services, row)));
    // Of whole parts only: the last one that is there may be the last one of the file.
    if (most * partBytes > bytes) {
      throw new InvalidOptionError(
        `bytes is ${bytes}, and parts of ${most * partBytes} bytes are there: tell the length of the whole file`,
      );
    }
    const measured = await (await services.uploads()).measured(tenant, id, bytes);
    if (measured !== null) return measured;
  }
  const told = await findUpload(services, tenant, id);
  if (told.bytes === bytes) return told;
  throw new InvalidOptionError(
    `the upload has ${told.bytes} bytes already: begin another one for a file of ${bytes}`,
  );
}

/** Of a complete one, which has a length. */
export function bytesOf({ bytes }: Pick<UploadRow, 'bytes'>): number {
  if (bytes === null) throw new TypeError('a complete upload has no length');
  return bytes;
}

const partsOf = (row: UploadRow): number[] =>
  Array.from({ length: partCount(row) ?? 0 }, (_, index) => index + 1);

/** The parts of their right lengths that the store has. Throws `UploadNotFoundError` if it has neither parts nor object. */
async function storedParts(
  services: UploadServices,
  row: UploadRow,
): Promise<StoredParts | 'whole'> {
  const store = await services.partUploads();
  const key = partUploadKey(row.tenant, row.id);
  const listed = row.storeUploadId === null ? null : await store.list(key, row.storeUploadId);
  if (listed !== null) {
    return new Map([...listed].filter(([part, { bytes }]) => bytes === bytesOfPart(row, part)));
  }
  return row.bytes !== null && (await store.isWhole(key, row.bytes)) ? 'whole' : notFound();
}

function incomplete(missing: readonly number[]): UploadIncompleteError {
  const named = missing.slice(0, NAMED).join(', ');
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  const which = missing.length === 1 ? `part ${named} is` : `parts ${named}${more} are`;
  return new UploadIncompleteError(
    `${which} missing: send what is missing, and complete the upload again`,
  );
}

const NAMED = 10;
