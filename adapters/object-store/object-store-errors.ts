/** There is no such object. */
export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  readonly key: string;

  constructor(key: string) {
    super(`there is no object ${key}`);
    this.key = key;
  }
}

/** The object is larger than its reader takes; nothing of it is handed out. */
export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';
  readonly key: string;

  constructor(key: string, maxBytes: number) {
    super(`${key} is larger than the ${maxBytes} bytes that its reader takes`);
    this.key = key;
  }
}

/** The object is not the JSON it should be. Says where, never what: it may be meeting content. */
export class ObjectMalformedError extends Error {
  override readonly name = 'ObjectMalformedError';
  readonly key: string;

  constructor(key: string, fault: string) {
    super(`${key} is not what its schema says: ${fault}`);
    this.key = key;
  }
}

/** No server, no bucket, or no way in. The message names endpoint, bucket and remedy. */
export class ObjectStoreUnreachableError extends Error {
  override readonly name = 'ObjectStoreUnreachableError';
}
