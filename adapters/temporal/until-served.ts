import pRetry from 'p-retry';
import { grpcCode, UNAVAILABLE } from './grpc-status.ts';

/**
 * Does something once Temporal can do it. A server that has just started answers some calls before its parts have found each
 * other ("Not enough hosts to serve the request"), with histories in PostgreSQL for half a minute. The client itself tries
 * for some twenty seconds. Throws what is no such error at once, and such a one after five more tries.
 */
export const untilServed = <T>(
  work: () => Promise<T>,
  { pauseMs = 2_000 }: { readonly pauseMs?: number } = {},
): Promise<T> =>
  pRetry(work, {
    retries: 5,
    minTimeout: pauseMs,
    factor: 1,
    shouldRetry: ({ error }) => grpcCode(error) === UNAVAILABLE,
  });
