/** gRPC status codes (https://grpc.io/docs/guides/status-codes/), the ones that we tell apart. */
export const CANCELLED = 1;
export const NOT_FOUND = 5;
export const ALREADY_EXISTS = 6;
export const PERMISSION_DENIED = 7;
export const UNIMPLEMENTED = 12;
export const UNAVAILABLE = 14;
export const UNAUTHENTICATED = 16;

/** The status code of a gRPC error, or of the gRPC error that caused this one; null when there is none. */
export function grpcCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'number') return error.code;
  return grpcCode(error.cause);
}
