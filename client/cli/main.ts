import { CommanderError } from 'commander';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../config.ts';
import { createServices } from '../services.ts';
import { createProgram } from './create-program.ts';
import { describeError } from '../describe-error.ts';
import { EXIT, exitCode, InterruptedError } from './exit-codes.ts';
import { createOutput } from './output.ts';

const output = createOutput();
const interruption = new AbortController();
process.once('SIGINT', () => {
  interruption.abort(new InterruptedError('interrupted'));
});
// `hansard list | head` closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed);
});
process.exitCode = await run(process.argv.slice(2));
// A connection attempt that nobody waits for any more must not hold the prompt.
if (interruption.signal.aborted) process.exit();

/** Runs one command and gives its exit code; what failed is one line on standard error. */
async function run(args: readonly string[]): Promise<number> {
  const { env } = readEnvironment();
  const services = createServices(env);
  let code: number = EXIT.done;
  const { signal } = interruption;
  const endWith = (exitCode: number) => {
    code = exitCode;
  };
  try {
    const program = createProgram({ env, output, services, signal, endWith });
    await Promise.race([program.parseAsync(args, { from: 'user' }), interrupted(signal)]);
    return code;
  } catch (error) {
    code = exitCode(error);
    if (code !== EXIT.done && !isHelp(error)) output.remark(`hansard: ${describeError(error)}`);
    return code;
  } finally {
    await services.close();
  }
}

/** Called without a command, commander has shown its help: that says it all. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

/** Rejects a moment after Ctrl-C: a command that has more to say than "interrupted" says it first. */
async function interrupted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  await setTimeout(1_000);
  throw signal.reason;
}
