import type { ToolOverrides } from '../config.ts';

/** What every finder needs: where to keep things, what the user named instead, and whom to tell. */
export interface Provisioning {
  readonly home: string;
  readonly overrides: ToolOverrides;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** Something could neither be found nor provided; the message names the manual step. */
export class ProvisioningError extends Error {
  override readonly name = 'ProvisioningError';
}
