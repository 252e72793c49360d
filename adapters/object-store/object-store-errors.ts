export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  constructor(key: string) {
    super(`there is no object ${key}`);
  }
}

/** The store said that the object is stored, and it is not: nothing may be deleted in the belief that it is. */
export class ObjectNotStoredError extends Error {
  override readonly name = 'ObjectNotStoredError';
  constructor(key: string) {
    super(`the object store confirmed ${key}, but does not have it as it was sent`);
  }
}

/** Somebody writes the file that is being stored; nothing of it is. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
  constructor(path: string, bytes: number) {
    super(`${path} had ${bytes} bytes and was written to while it was being stored`);
  }
}

/** The object is larger than its reader accepts; nothing of it is returned. */
export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';
  constructor(key: string, maxBytes: number) {
    super(`${key} is larger than the ${maxBytes} bytes that its reader accepts`);
  }
}

/** The object is not the expected JSON. The message names the place, never the content: it may be from a meeting. */
export class ObjectMalformedError extends Error {
  override readonly name = 'ObjectMalformedError';
  constructor(key: string, fault: string) {
    super(`${key} does not match its schema: ${fault}`);
  }
}

/** A newer version of Hansard wrote the object. */
export class ObjectTooNewError extends Error {
  override readonly name = 'ObjectTooNewError';
  constructor(key: string, known: number) {
    super(
      `${key} was written by a newer version of Hansard, and this one reads its schema up to version ${known}: ` +
        'update the worker, or the command line where this is its message',
    );
  }
}

/** The server is down, the bucket is missing or access is denied. The message names endpoint, bucket and remedy. */
export class ObjectStoreUnreachableError extends Error {
  override readonly name = 'ObjectStoreUnreachableError';
}
