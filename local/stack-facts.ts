import type { StackPorts } from './config.ts';
import type { startS3 } from './parts/s3.ts';
import type { startTemporal } from './parts/temporal.ts';

export const STACK_PARTS = ['temporal', 's3', 'postgres', 'inference', 'redis'] as const;
export type StackPart = (typeof STACK_PARTS)[number];

/** The addresses of a running stack, as plain JSON in `stack.json` and for tests. Null: the part was not started. */
export interface StackFacts {
  readonly directory: string;
  /** The clone of the repository that owns the stack. */
  readonly clone: string;
  readonly ports: StackPorts;
  readonly temporal: Awaited<ReturnType<typeof startTemporal>> | null;
  readonly s3: Awaited<ReturnType<typeof startS3>> | null;
  readonly databaseUrl: string | null;
  readonly inference: { readonly url: string } | null;
  readonly redis: { readonly url: string } | null;
  /** The environment for worker and command-line processes. */
  readonly env: Readonly<Record<string, string>>;
}
