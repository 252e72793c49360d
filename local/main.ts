import { keepCompiled } from '../adapters/settings/keep-compiled.ts';
import { interruption, untilAborted } from './interruption.ts';
import type { LocalOptions } from './start-local.ts';
import { whereToLook } from './where-to-look.ts';

// Compiled modules are kept from here on, so everything large is loaded after it.
keepCompiled(process.env);
const { Command } = await import('commander');
const { startLocal } = await import('./start-local.ts');

/** `npm run local`: the stack and a worker, until Ctrl-C. */
async function run(options: Omit<LocalOptions, 'log'>) {
  const log = (line: string) => console.error(line);
  const interrupted = interruption();
  const leave = () => process.exit(130);
  // Until the stack is up, no order matters: exiting asks the children to end.
  interrupted.addEventListener('abort', leave);
  const { stack } = await startLocal({ ...options, log });
  interrupted.removeEventListener('abort', leave);
  console.log(whereToLook(stack));
  await untilAborted(interrupted);
  log('stopping …');
  await stack.stop();
  process.exit(0);
}

const command = new Command('npm run local --')
  .description('start the whole stack on this machine, with a worker, until Ctrl-C')
  .option('--inference <hf|URL>', 'Hugging Face, or an OpenAI-compatible server that summarises')
  .option('--faults', 'allow faults in the inference server (PUT /local/faults)')
  .action(run);

try {
  await command.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
