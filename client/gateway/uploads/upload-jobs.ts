import type { Submission, SubmittedJob } from '../../jobs/submit-job.ts';
import type { GatewayContext, Principal } from '../gateway-app.ts';
import { requiredName } from '../jobs/posted-file.ts';
import type { UploadRequest } from '../jobs/upload-request.ts';
import { createExaminer } from './examine-upload.ts';
import { submitUploads, type ExaminedUpload } from './submit-uploads.ts';
import { UploadIncompleteError } from './upload-errors.ts';
import { keepUpload } from './upload-life.ts';

/** Makes jobs of complete uploads, once they were read. */
export function createUploadJobs(context: GatewayContext) {
  const examine = createExaminer(context);
  return async (
    { tenant, keyId }: Principal,
    submission: Omit<Submission, 'paths'>,
    { upload, uploads = upload === undefined ? [] : [upload], name }: UploadRequest,
  ): Promise<SubmittedJob> => {
    const given = name === undefined ? undefined : requiredName(name);
    const rows = [];
    for (const id of uploads) rows.push(await keepUpload(context.services, tenant, id));
    const open = rows.find(({ completedAt }) => completedAt === null);
    if (open !== undefined) {
      throw new UploadIncompleteError(
        `upload ${open.id} is not complete: send its parts, and complete it`,
      );
    }
    const examined: ExaminedUpload[] = [];
    for (const row of rows) {
      const fileName = given ?? row.name;
      examined.push({ row, name: fileName, facts: await examine(row, fileName, keyId) });
    }
    return await submitUploads(context, submission, examined);
  };
}
