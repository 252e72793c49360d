import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { BackEnd } from '../back-end.ts';
import { isRemote, readEnvironment, type Environment } from '../config.ts';
import { describeError } from '../describe-error.ts';
import { createServiceConnections, type ServiceConnections } from '../service-connections.ts';
import { createProgram } from './create-program.ts';
import { EXIT, exitCode, InterruptedError } from './exit-codes.ts';
import { createOutput, type Output } from './output.ts';

/** Runs one command and sets the exit code of the process. An error is printed as one line on standard error. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruption.abort(new InterruptedError('interrupted'));
    });
  }
  // `hansard list | head` closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed);
  });
  const output = createOutput(process.stdout, process.stderr);
  try {
    const { env } = readEnvironment();
    process.exitCode = await runCommand(args, { env, output, signal: interruption.signal });
  } catch (error) {
    // A secret's file cannot be read.
    process.exitCode = exitCode(error);
    output.remark(`hansard: ${describeError(error)}`);
  }
  // Do not wait for connection attempts that were interrupted.
  if (interruption.signal.aborted) process.exit();
}

/**
 * Runs one command with the variables `env`, and answers its exit code. `signal` interrupts it, with an
 * `InterruptedError` as its reason.
 */
export async function runCommand(
  args: readonly string[],
  {
    env,
    output,
    signal,
  }: { readonly env: Environment; readonly output: Output; readonly signal: AbortSignal },
): Promise<number> {
  const services = createServiceConnections(env);
  let code: number = EXIT.done;
  const endWith = (exitCode: number) => {
    code = exitCode;
  };
  try {
    const backEnd = () => openBackEnd(env, services);
    const program = createProgram({ env, output, services, backEnd, signal, endWith });
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

/** The gateway that the environment names, or the services. */
async function openBackEnd(env: Environment, services: ServiceConnections): Promise<BackEnd> {
  if (isRemote(env)) {
    const { createRemoteBackEnd } = await import('../remote/remote-back-end.ts');
    return createRemoteBackEnd(env);
  }
  const { createDirectBackEnd } = await import('../direct/direct-back-end.ts');
  return createDirectBackEnd({ env, services });
}

/** Called without a command, commander prints its help and throws: there is nothing to add. */
const isHelp = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'commander.help';

/** Rejects one second after Ctrl-C, so that a command with a better message than "interrupted" prints it first. */
async function interrupted(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  await setTimeout(1_000);
  throw signal.reason;
}
