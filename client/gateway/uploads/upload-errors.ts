/** The tenant has no such upload: it never had, or it was aborted, or its time is over. */
export class UploadNotFoundError extends Error {
  override readonly name = 'UploadNotFoundError';
}

/** Parts are missing; the message names some. */
export class UploadIncompleteError extends Error {
  override readonly name = 'UploadIncompleteError';
}

/** Nothing can be sent to it any more. */
export class UploadCompleteError extends Error {
  override readonly name = 'UploadCompleteError';
}

/** Uploads take room, so that nobody has many at once. */
export class TooManyUploadsError extends Error {
  override readonly name = 'TooManyUploadsError';
}

/** The bytes are not those that the client meant to send. */
export class DigestMismatchError extends Error {
  override readonly name = 'DigestMismatchError';
}
