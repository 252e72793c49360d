import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hansardHere, type Ended } from '../support/run-command.ts';

const CLONE = resolve(import.meta.dirname, '../..');
const HOME_WITHOUT_STACK = join(tmpdir(), 'hansard-test-home');
export const SAMPLE = join(CLONE, 'local/samples/planning-meeting.flac');

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** SIGINT as soon as this text has been printed. */
  readonly interruptAfter?: string;
}

const environment = ({ env }: CliOptions) => ({
  PATH: process.env['PATH'] ?? '',
  // Holds compiled modules, and no stack.
  HANSARD_HOME: HOME_WITHOUT_STACK,
  ...env,
});

/** Runs `hansard …` to its end with the same environment, in this process. */
export const hansardInside = (
  args: readonly string[],
  options: Pick<CliOptions, 'env'> = {},
): Promise<Ended> => hansardHere(args, environment(options));

/**
 * Runs `hansard …` to its end, as a user does. The environment is what is given and nothing else but PATH; its
 * HANSARD_HOME has no local stack.
 */
export async function hansard(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(CLONE, 'client/cli/main.ts'), ...args], {
    cwd: CLONE,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (block: Buffer) => {
    stdout += String(block);
    if (options.interruptAfter !== undefined && stdout.includes(options.interruptAfter)) {
      child.kill('SIGINT');
    }
  });
  child.stderr.on('data', (block: Buffer) => (stderr += String(block)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
