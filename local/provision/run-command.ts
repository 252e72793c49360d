import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface CommandOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Logged every 10 s with the elapsed time, so that a long build does not look like a hang. */
  readonly progress?: { readonly what: string; readonly log: (line: string) => void };
}

/** Runs a command and returns its standard output. When it fails, throws an error with the last lines of its output. */
export async function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, commandArguments, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.environment ?? process.env,
  });
  const startedAt = Date.now();
  const { progress } = options;
  const ticker =
    progress &&
    setInterval(() => {
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      progress.log(`${progress.what} … ${seconds} s`);
    }, PROGRESS_EVERY_MS);
  let output = '';
  let everything = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      everything = (everything + text).slice(-KEPT_CHARACTERS);
    });
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return output;
    const lastLines = everything.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
    throw new Error(`${[command, ...commandArguments].join(' ')} failed (${code}):\n${lastLines}`);
  } finally {
    clearInterval(ticker);
  }
}

const PROGRESS_EVERY_MS = 10_000;
const LAST_LINES = 12;
const KEPT_CHARACTERS = 20_000;
