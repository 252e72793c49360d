import { brokenAnswerScripts } from './broken-answer-scripts.ts';
import type { ProviderScript } from './provider-script.ts';
import { refusingScripts } from './refusing-scripts.ts';
import { waitingScripts } from './waiting-scripts.ts';

/** What providers are known to do to a job, each to be had by its name. */
export const PROVIDER_SCRIPTS: readonly ProviderScript[] = [
  ...waitingScripts,
  ...brokenAnswerScripts,
  ...refusingScripts,
];
