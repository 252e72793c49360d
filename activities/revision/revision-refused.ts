import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../../workflows/contracts/failures.ts';

/** The failure of a change that cannot be made. The message is for the person who asked; it holds no content. */
export const revisionRefused = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, FAILURES.RevisionRefused);

/** Of a change of minutes that are no longer the result of their job. */
export const noLongerShown = (jobId: string): ApplicationFailure =>
  revisionRefused(
    `job ${jobId} has got a newer version since this change was made: look at it with npm run -s hansard -- versions ${jobId}, and ask again`,
  );
