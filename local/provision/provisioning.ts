import type { ToolOverrides } from '../config.ts';

/** What every step needs: the folder for results, the user's own paths, and a log. */
export interface Provisioning {
  readonly home: string;
  readonly overrides: ToolOverrides;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** Something could not be found or installed; the message names the manual step. */
export class ProvisioningError extends Error {
  override readonly name = 'ProvisioningError';
}
