import type { Environment } from '../config.ts';
import type { Services } from '../services.ts';
import type { Output } from './output.ts';

/** What every command is given. */
export interface CommandContext {
  readonly env: Environment;
  readonly output: Output;
  /** Opened when first asked for; `main` closes them. */
  readonly services: Services;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Ends with this code where the command itself does not fail. */
  readonly endWith: (exitCode: number) => void;
}
