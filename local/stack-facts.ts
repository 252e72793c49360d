import type { StackPorts } from './config.ts';
import type { S3Facts } from './parts/s3.ts';
import type { TemporalFacts } from './parts/temporal.ts';

export const STACK_PARTS = ['temporal', 's3', 'postgres', 'inference', 'redis'] as const;
export type StackPart = (typeof STACK_PARTS)[number];

/** What runs where. Plain JSON: it is written to `stack.json` and handed to tests. A part not started is null. */
export interface StackFacts {
  readonly directory: string;
  /** The clone that the stack belongs to. */
  readonly clone: string;
  readonly ports: StackPorts;
  readonly temporal: TemporalFacts | null;
  readonly s3: S3Facts | null;
  readonly databaseUrl: string | null;
  readonly inference: { readonly url: string } | null;
  readonly redis: { readonly url: string } | null;
  /** Everything that a worker or command-line process needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
}
