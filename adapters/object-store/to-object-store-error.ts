import { S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Options } from './create-s3-client.ts';
import { ObjectNotFoundError, ObjectStoreUnreachableError } from './object-store-errors.ts';

/**
 * Translates an error of the SDK. An abort becomes the signal's reason. Errors that have no better name (a 503, a
 * connection reset) are returned unchanged; the caller retries them.
 */
export function toObjectStoreError(
  error: unknown,
  { endpoint, bucket }: Pick<S3Options, 'endpoint' | 'bucket'>,
  { key, signal }: { key?: string; signal?: AbortSignal | undefined } = {},
): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (!(error instanceof Error)) return error;

  const unreachable = (fault: string, remedy: string) =>
    new ObjectStoreUnreachableError(`the object store at ${endpoint}: ${fault}. ${remedy}`, {
      cause: error,
    });

  const status = statusOf(error);
  // By name too: for an unknown key id versitygw answers 404 XAdminUserNotFound.
  if (status === 401 || status === 403 || CREDENTIAL_FAULT.test(error.name)) {
    return unreachable(
      `it rejects our credentials for bucket ${bucket} (${error.name})`,
      'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and their permissions for that bucket.',
    );
  }
  if (error.name === 'NoSuchBucket' || (status === 404 && key === undefined)) {
    return unreachable(
      `there is no bucket ${bucket}`,
      'Set S3_BUCKET to one that exists, or create it with `hansard migrate`.',
    );
  }
  if (status === 404 && key !== undefined) return new ObjectNotFoundError(key);
  if (isConnectionFault(error)) {
    return unreachable(
      `it cannot be reached for bucket ${bucket} (${faultOf(error)})`,
      'Start it, or correct S3_ENDPOINT.',
    );
  }
  return error;
}

const CREDENTIAL_FAULT =
  /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|XAdminUserNotFound)$/;
const CONNECTION_FAULT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError)$/;

const isConnectionFault = (error: Error): boolean =>
  CONNECTION_FAULT.test(faultOf(error)) || CONNECTION_FAULT.test(error.name);

const faultOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

/** The HTTP status of an error of S3; undefined when there was no answer. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
