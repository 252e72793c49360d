import type { BackEnd } from '../back-end.ts';
import type { Environment } from '../config.ts';
import type { ServiceConnections } from '../service-connections.ts';
import type { Output } from './output.ts';

/** Passed to every command. */
export interface CommandContext {
  readonly env: Environment;
  readonly output: Output;
  /** The installation: its gateway, where the environment names one, else its services. */
  readonly backEnd: () => Promise<BackEnd>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Sets the exit code of a command that does not throw. */
  readonly endWith: (exitCode: number) => void;
}

/** Passed to the commands of an operator, which no gateway has. */
export interface OperatorContext extends CommandContext {
  /** Opened on first use; `main` closes them. */
  readonly services: ServiceConnections;
}
