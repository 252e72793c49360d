import type { RecordedTarget } from '../../workflows/contracts/targets.ts';

/** A target with an account of its own and no limits. */
export const recordedTarget = (
  name: string,
  changes: Partial<RecordedTarget> = {},
): RecordedTarget => ({
  name,
  contract: 'openai',
  model: `a/${name}`,
  fingerprint: 'f'.repeat(64),
  credentials: `the account of ${name}`,
  audioSeconds: null,
  contextTokens: null,
  bodyBytes: null,
  concurrency: 8,
  label: null,
  ...changes,
});
