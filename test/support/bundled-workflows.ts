import { join } from 'node:path';
import { hansardHome } from '../../adapters/settings/hansard-home.ts';
import { workflowBundle } from '../../workers/workflow-bundle.ts';

let bundled: ReturnType<typeof workflowBundle> | undefined;

/** The workflows of the working copy as one file, which the run's set-up has built: the one that its workers run, too. */
export const bundledWorkflows = (): ReturnType<typeof workflowBundle> =>
  (bundled ??= workflowBundle(join(hansardHome(process.env), 'bundles'), () => undefined));
