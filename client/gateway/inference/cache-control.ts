import type { IncomingHttpHeaders } from 'node:http';

/** RFC 9111: with `no-cache` the target is asked, whatever is kept. */
export const mayBeKept = (headers: IncomingHttpHeaders): boolean =>
  !/\bno-(?:cache|store)\b/i.test(headers['cache-control'] ?? '');
