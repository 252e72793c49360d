import type { ProblemCode } from './problem.ts';

/**
 * The code of each error that a client may be told of, by its name, as the exit codes of the command line
 * (`client/cli/exit-codes.ts`): the gateway answers it, and the remote command line makes the error of it again.
 */
export const CODES_OF_ERRORS = {
  InvalidOptionError: 'invalid_option',
  JobReferenceError: 'job_reference_invalid',
  AmbiguousJobError: 'job_ambiguous',
  JobNotFoundError: 'job_not_found',
  NoAnswerError: 'timed_out',
  NoRecordingError: 'no_recording',
  NoResultError: 'no_result',
  NoSuchFileError: 'file_not_found',
  NothingToCancelError: 'nothing_to_cancel',
  NothingToRetryError: 'nothing_to_retry',
  NotAsApprovedError: 'not_as_approved',
  RevisionRefusedError: 'revision_refused',
  RevisionStoppedError: 'revision_stopped',
  UnusableEditError: 'edit_unusable',
  UnusableRecordingError: 'recording_unusable',
  UnusableTranscriptError: 'transcript_unusable',
  NoSuchVersionError: 'version_not_found',
  VersionOutdatedError: 'version_outdated',
  KeyNotFoundError: 'key_not_found',
  NoSigningKeyError: 'no_signing_key',
  TooManyKeysError: 'too_many_keys',
  DigestMismatchError: 'digest_mismatch',
  TooManyUploadsError: 'too_many_uploads',
  UploadCompleteError: 'upload_complete',
  UploadIncompleteError: 'upload_incomplete',
  UploadNotFoundError: 'upload_not_found',
  WebhookNotFoundError: 'webhook_not_found',
  DeliveryNotFoundError: 'delivery_not_found',
  TooManyWebhooksError: 'too_many_webhooks',
  TooManyTestsError: 'too_many_tests',
  WebhookDisabledError: 'webhook_disabled',
  NothingToReplayError: 'nothing_to_replay',
} as const satisfies Readonly<Record<string, ProblemCode>>;
