import type { StackPorts } from '../config.ts';
import type { StackSecrets } from '../stack-secrets.ts';
import type { Supervisor } from '../supervisor.ts';

/** What every part of a stack starts with, besides its own tool. */
export interface PartContext {
  readonly supervisor: Supervisor;
  /** Holds the stack's data. */
  readonly directory: string;
  /** HANSARD_HOME. */
  readonly home: string;
  readonly ports: StackPorts;
  readonly secrets: StackSecrets;
  /** False is faster and loses data in a power cut: for stacks that are deleted at the end. */
  readonly durable: boolean;
  /** Opens `PUT /local/faults` of the inference server. */
  readonly faults: boolean;
}
