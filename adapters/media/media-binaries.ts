import { execFile } from 'node:child_process';
import type { Readable } from 'node:stream';

/** The programs of ffmpeg: names found on PATH, or paths. */
export interface MediaBinaries {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}
export const MEDIA_BINARIES: MediaBinaries = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/** A program that Hansard needs is not installed. */
export class MissingBinaryError extends Error {
  override readonly name = 'MissingBinaryError';
  readonly binary: string;
  constructor(binary: string, cause: unknown) {
    super(
      `${binary} was not found. Install it: apt-get install -y --no-install-recommends ffmpeg ` +
        '(or your system’s package of ffmpeg), and see that it is on PATH.',
      { cause },
    );
    this.binary = binary;
  }
}

export interface ToolOutcome {
  /** Null where the program was ended by a signal, or by our time or output limit. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs ffmpeg or ffprobe without a shell. A failing program is an outcome and not an error: the caller knows what
 * it means. Throws `MissingBinaryError`, and the signal's reason once the program is gone.
 */
export async function runMediaTool(
  binary: string,
  args: readonly string[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs?: number | undefined;
    readonly stdin?: Readable | undefined;
    readonly onOutput?: ((text: string) => void) | undefined;
  } = {},
): Promise<ToolOutcome> {
  options.signal?.throwIfAborted();
  const outcome = await new Promise<ToolOutcome>((resolve, reject) => {
    const kill = (): void => void child.kill('SIGKILL');
    const child = execFile(
      binary,
      args,
      {
        maxBuffer: MAX_OUTPUT_BYTES,
        killSignal: 'SIGKILL', // ffmpeg finishes its file on SIGTERM, which can take long
        ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
      },
      (error, stdout, stderr) => {
        options.signal?.removeEventListener('abort', kill);
        if (error?.code === 'ENOENT') reject(new MissingBinaryError(binary, error));
        else if (error?.code === 'EACCES') reject(new MissingBinaryError(binary, error));
        else resolve({ exitCode: child.exitCode, stdout, stderr });
      },
    );
    // execFile's own signal would answer before the program has let go of its files.
    options.signal?.addEventListener('abort', kill, { once: true });
    if (options.onOutput) child.stdout?.on('data', options.onOutput);
    if (options.stdin && child.stdin) feed(options.stdin, child.stdin, child);
  });
  options.signal?.throwIfAborted();
  return outcome;
}

/** ffprobe's JSON is some kB, the progress of two hours' decoding some 100 kB. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

function feed(
  source: Readable,
  stdin: NodeJS.WritableStream,
  child: { readonly kill: (signal: 'SIGKILL') => boolean },
): void {
  // A program that ends early closes its input: its exit code tells, the broken pipe adds nothing.
  stdin.on('error', () => source.destroy());
  // A source that cannot be read to its end must not look like a short recording.
  source.on('error', () => child.kill('SIGKILL'));
  source.pipe(stdin);
}
