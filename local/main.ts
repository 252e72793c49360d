import { keepCompiled } from '../adapters/settings/keep-compiled.ts';
import { untilAborted } from './interruption.ts';
import type { LocalOptions } from './start-local.ts';
import { signInLines } from './sign-in.ts';
import { whereToLook } from './where-to-look.ts';

// Compiled modules are kept from here on, so everything large is loaded after it.
keepCompiled(process.env);
const { Command } = await import('commander');
const { startLocal } = await import('./start-local.ts');

/** `npm run local`: the stack, a worker and a gateway, until Ctrl-C. */
async function run(options: LocalOptions) {
  const local = await startLocal({ ...options, gateway: true });
  const { stack, interrupted } = local;
  console.log(`${whereToLook(local)}\n\n${await signInLines(local)}`);
  await untilAborted(interrupted);
  console.error('stopping …');
  await stack.stop();
  process.exit(0);
}

const command = new Command('npm run local --')
  .description('start the whole stack on this machine, with a worker and a gateway, until Ctrl-C')
  .option('--inference <hf|URL>', 'Hugging Face, or an OpenAI-compatible server that summarises')
  .option('--faults', 'allow faults in the inference server (PUT /local/faults)')
  .action(run);

try {
  await command.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
