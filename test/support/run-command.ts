import { createOutput } from '../../client/cli/output.ts';
import { runCommand } from '../../client/cli/run-command-line.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `hansard …` to its end with these variables and nothing else, in this process: a process of its own takes half a
 * second of processor time for its modules. What surrounds a command there is tested in test/client.
 */
export async function hansardHere(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const output = createOutput(
    { write: (text) => (stdout += text) },
    { write: (text) => (stderr += text) },
  );
  // Never interrupted.
  const { signal } = new AbortController();
  const code = await runCommand(args, { env, output, signal });
  return { code, stdout, stderr };
}
