import type { Environment } from '../config.ts';
import type { ServiceConnections } from '../service-connections.ts';
import type { Output } from './output.ts';

/** Passed to every command. */
export interface CommandContext {
  readonly env: Environment;
  readonly output: Output;
  /** Opened on first use; `main` closes them. */
  readonly services: ServiceConnections;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Sets the exit code of a command that does not throw. */
  readonly endWith: (exitCode: number) => void;
}
