import { createInterface } from 'node:readline/promises';
import type { CommandContext } from './command-context.ts';
import { InterruptedError } from './exit-codes.ts';

/** Whether somebody sits at a terminal and can be asked. */
export const canAsk = (
  { json }: { readonly json?: true },
  { output }: Pick<CommandContext, 'output'>,
): boolean => !json && process.stdin.isTTY && output.isTerminal;

/**
 * Whether a person answers yes. Throws `InterruptedError` on Ctrl-C.
 *
 * @param question such as `Make these calls?`
 * @param ifInterrupted what Ctrl-C means, such as `nothing was called`
 */
export async function ask(
  question: string,
  { signal, ifInterrupted }: { readonly signal: AbortSignal; readonly ifInterrupted: string },
): Promise<boolean> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const interruption = new AbortController();
  const end = new AbortController();
  // The terminal sends no signal while a question is asked.
  line.once('SIGINT', () => {
    interruption.abort();
  });
  line.once('close', () => {
    end.abort();
  });
  const interrupted = AbortSignal.any([signal, interruption.signal]);
  try {
    const answer = line.question(`${question} [y/N] `, {
      signal: AbortSignal.any([interrupted, end.signal]),
    });
    return /^y(es)?$/i.test((await answer).trim());
  } catch (error) {
    if (interrupted.aborted) {
      throw new InterruptedError(`interrupted: ${ifInterrupted}, and nothing changed`);
    }
    // Ctrl-D is no yes.
    if (end.signal.aborted) return false;
    throw error;
  } finally {
    line.close();
  }
}
