/** The tenant or key is not one. The message does not repeat it. */
export class CacheKeyError extends Error {
  override readonly name = 'CacheKeyError';
}

/** More different keys are being loaded at once than are allowed. Asking again later may pass. */
export class CacheBusyError extends Error {
  override readonly name = 'CacheBusyError';
}
