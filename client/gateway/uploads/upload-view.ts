import { z } from 'zod';
import type { UploadRow } from '../../../adapters/database/uploads.ts';

/** What the gateway takes in parts: 24 hours of sound that is not compressed, in stereo, have 16.6 GB. */
export const MOST_UPLOAD_BYTES = 20_000_000_000;

/** S3 takes no smaller parts than 5 MiB but the last, and no more than 10,000: with these, the largest file has 2,385. */
export const PART_BYTES = 8 * 1024 * 1024;

/** Of a recording that goes on: the smallest that S3 takes, so that what is said is soon there. */
export const OPEN_PART_BYTES = 5 * 1024 * 1024;

export const uploadSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    bytes: z.number().nullable().describe('null: its length is told at the end'),
    contentType: z.string().nullable().describe('As it was said'),
    sha256: z.string().nullable().describe('As it was claimed'),
    state: z
      .enum(['open', 'complete'])
      .describe('open: parts are awaited; complete: a job can be made'),
    partBytes: z.number().describe('Of each part but the last, which has the rest'),
    parts: z
      .number()
      .nullable()
      .describe('How many there are, from number 1 on; null: its length is told at the end'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().describe('Then the upload and its parts are deleted'),
  })
  .meta({ id: 'Upload' });

export const readUploadSchema = uploadSchema
  .extend({ received: z.array(z.number()).describe('Numbers of the parts that are there') })
  .meta({ id: 'ReadUpload' });

export const uploadParameters = z.object({ id: z.string().max(64).describe('Id of the upload') });

/** What everybody of the tenant may know of it. */
export const uploadView = (row: UploadRow): z.infer<typeof uploadSchema> => ({
  id: row.id,
  name: row.name,
  bytes: row.bytes,
  contentType: row.contentType,
  sha256: row.claimedSha256,
  state: row.completedAt === null ? 'open' : 'complete',
  partBytes: row.partBytes,
  parts: partCount(row),
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
});

type Cut = Pick<UploadRow, 'bytes' | 'partBytes'>;

/** Null: its length is told at the end. */
export const partCount = ({ bytes, partBytes }: Cut): number | null =>
  bytes === null ? null : Math.ceil(bytes / partBytes);

/** How many bytes the part of this number has; null: there is no such part. As long as no length is told, each is whole. */
export function bytesOfPart(cut: Cut, part: number): number | null {
  const bytes = cut.bytes ?? Math.floor(MOST_UPLOAD_BYTES / cut.partBytes) * cut.partBytes;
  const before = (part - 1) * cut.partBytes;
  return before < 0 || before >= bytes ? null : Math.min(cut.partBytes, bytes - before);
}
