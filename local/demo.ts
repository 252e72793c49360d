import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { keepCompiled } from '../adapters/settings/keep-compiled.ts';
import { untilAborted } from './interruption.ts';
import type { Local, LocalOptions } from './start-local.ts';
import { signInLines } from './sign-in.ts';
import { whereToLook } from './where-to-look.ts';

// Compiled modules are kept from here on, so everything large is loaded after it.
keepCompiled(process.env);
const { Command } = await import('commander');
const { z } = await import('zod');
const { startLocal } = await import('./start-local.ts');

interface DemoOptions extends LocalOptions {
  readonly exit?: boolean;
  readonly out: string;
}

/** `npm run demo`: starts the stack, runs a job on a recording, and prints the minutes and where to read them. */
async function run(file: string | undefined, options: DemoOptions) {
  // Check the file before starting the stack.
  if (file !== undefined) await readable(resolve(CALLER, file));
  // The page is for those who stay.
  const local = await startLocal({ ...options, gateway: options.exit !== true });
  const { stack, interrupted } = local;
  let exitCode = 1;
  try {
    const status = await Promise.race([
      runJob(file, options, local),
      untilAborted(interrupted).then(() => 'interrupted' as const),
    ]);
    exitCode = EXIT_CODES[status];
    if (status !== 'interrupted' && options.exit !== true) {
      console.log(
        `\n${whereToLook(local)}\n\n${await signInLines(local)}\nCtrl-C ends everything.`,
      );
      await untilAborted(interrupted);
    }
  } catch (error) {
    console.error(messageOf(error));
  } finally {
    console.error('stopping …');
    await stack.stop();
  }
  process.exit(exitCode);
}

async function readable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw new Error(`${file} cannot be read. Check the path.`, { cause: error });
  });
}

const EXIT_CODES = { complete: 0, partial: 1, interrupted: 130 } as const;

async function runJob(file: string | undefined, options: DemoOptions, local: Local) {
  const recording =
    file === undefined ? await sample() : { file: resolve(CALLER, file), facts: [] };
  console.error(`submitting ${recording.file}`);
  const submitted = await hansard(local, ['submit', recording.file, ...recording.facts, '--json'], {
    capture: true,
  });
  const { id, reused } = z
    .object({ id: z.string(), reused: z.boolean() })
    .parse(JSON.parse(submitted));
  if (reused) {
    console.error(`Job ${id} of this recording ran earlier. Nothing is paid for twice.`);
    console.error('To make it again with other engines: npm run -s hansard -- submit FILE --force');
  }
  await hansard(local, ['watch', id]);
  const folder = resolve(CALLER, options.out);
  await hansard(local, ['result', id, '--out', folder], { capture: true });
  console.log(`\n${await readFile(join(folder, 'minutes.md'), 'utf8')}`);
  console.log(`Files: ${folder}`);
  const minutes: unknown = JSON.parse(await readFile(join(folder, 'minutes.json'), 'utf8'));
  return z.object({ status: z.enum(['complete', 'partial']) }).parse(minutes).status;
}

/** npm changes the working folder; relative paths start at the folder that the user called it from. */
const CALLER = process.env['INIT_CWD'] ?? process.cwd();
const SAMPLES = join(import.meta.dirname, 'samples');

async function sample() {
  const script: unknown = JSON.parse(await readFile(join(SAMPLES, 'script.json'), 'utf8'));
  const { title, date } = z.object({ title: z.string(), date: z.string() }).parse(script);
  return {
    file: join(SAMPLES, 'planning-meeting.flac'),
    facts: ['--title', title, '--date', date],
  };
}

/** Runs a command of the real command line and returns its output when captured. Throws when it fails. */
async function hansard(
  { stack, environment, interrupted }: Local,
  words: readonly string[],
  { capture = false } = {},
): Promise<string> {
  const child = spawn(process.execPath, [join(stack.clone, 'client', 'cli', 'main.ts'), ...words], {
    stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    env: environment,
    signal: interrupted,
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return output;
  throw new Error(`hansard ${words[0]} ended with ${code}; logs: ${join(stack.directory, 'logs')}`);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const command = new Command('npm run demo --')
  .description('start everything on this machine and make minutes of a recording')
  .argument('[file]', 'a recording of your own; otherwise the sample')
  .option('--exit', 'end after the job: 0 when the minutes are complete')
  .option('--out <dir>', 'folder for the minutes', 'out')
  .option('--inference <hf|URL>', 'Hugging Face, or an OpenAI-compatible server that summarises')
  .option('--faults', 'let the inference server be told to fail (PUT /local/faults)')
  .action(run);

try {
  await command.parseAsync();
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}
