import type { UploadFacts, UploadRow } from '../../../adapters/database/uploads.ts';
import { requireShort, secondsOf } from '../../../adapters/media/probe-recordings.ts';
import { partUploadKey, sourceKey } from '../../../adapters/object-store/keys.ts';
import { ObjectNotFoundError } from '../../../adapters/object-store/object-store-errors.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import { InvalidOptionError } from '../../config.ts';
import {
  submitJob,
  type ProbedSource,
  type Submission,
  type SubmittedJob,
} from '../../jobs/submit-job.ts';
import type { GatewayContext } from '../gateway-app.ts';
import { notFound } from './upload-life.ts';
import { bytesOf } from './upload-parts.ts';

/** A complete upload, what reading it showed, and the name that its file has in the job. */
export interface ExaminedUpload {
  readonly row: UploadRow;
  readonly facts: UploadFacts;
  readonly name: string;
}

/**
 * Makes a job of uploads, as `submitJob` does of files: of one, or of several that are one recording in this order. Their
 * bytes are copied within the store, and deleted where they came. Throws what `submitJob` throws, and `UploadNotFoundError`.
 */
export async function submitUploads(
  { services }: GatewayContext,
  submission: Omit<Submission, 'paths'>,
  uploads: readonly ExaminedUpload[],
): Promise<SubmittedJob> {
  const store = await services.store();
  // Paths of no file: their ends are the names.
  const files = new Map(uploads.map((upload) => [`${upload.row.id}/${upload.name}`, upload]));
  const fileOf = (path: string): ExaminedUpload => files.get(path) ?? notFound();
  const job = await submitJob(
    { ...submission, paths: uploads.map(({ row, name }) => `${row.id}/${name}`) },
    {
      ...services,
      probe: (paths) => Promise.resolve(together(paths.map((path) => fileOf(path).facts))),
      hash: (path) => {
        const { row, facts } = fileOf(path);
        return Promise.resolve({ sha256: facts.sha256, bytes: bytesOf(row) });
      },
      upload: async (_, sources) => {
        for (const { path } of sources) await copyToSource(store, fileOf(path));
      },
    },
  );
  const rows = await services.uploads();
  for (const upload of uploads) {
    const { tenant, id } = upload.row;
    if (!(await isSource(store, upload))) continue;
    await store.delete(partUploadKey(tenant, id));
    await rows.stored(tenant, id);
  }
  return job;
}

/** What the files are as one source. */
function together(files: readonly UploadFacts[]): ProbedSource {
  const recordings = files.flatMap(({ kind, durationSeconds }) =>
    kind === 'recording' && durationSeconds !== null ? [{ durationSeconds }] : [],
  );
  if (recordings.length === files.length) {
    requireShort(recordings);
    return { kind: 'recording', durationSeconds: secondsOf(recordings) };
  }
  const [transcript, ...more] = files;
  if (transcript === undefined || more.length > 0) {
    throw new InvalidOptionError('uploads takes recordings, and one of these is a transcript');
  }
  return { kind: 'transcript', durationSeconds: transcript.durationSeconds };
}

const isSource = async (store: ObjectStore, { row, facts }: ExaminedUpload): Promise<boolean> =>
  (await store.head(sourceKey(row.tenant, facts.sha256)))?.bytes === row.bytes;

async function copyToSource(store: ObjectStore, upload: ExaminedUpload): Promise<void> {
  if (await isSource(store, upload)) return;
  const { row, facts } = upload;
  try {
    await store.copy(partUploadKey(row.tenant, row.id), sourceKey(row.tenant, facts.sha256));
  } catch (error) {
    // Deleted meanwhile, or the source was erased after a job was made of it.
    throw error instanceof ObjectNotFoundError ? notFound() : error;
  }
}
