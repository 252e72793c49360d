import { execFile } from 'node:child_process';
import type { Readable } from 'node:stream';
import { MissingBinaryError } from './media-errors.ts';

/** The programs of ffmpeg: names on PATH, or paths. */
export interface MediaBinaries {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}
export const MEDIA_BINARIES: MediaBinaries = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/**
 * What ffmpeg may open: one local file, in a container that holds its own bytes. Without the list of formats, a playlist
 * (HLS, concat) submitted as a recording could make it read other files of the server.
 */
export const INPUT_LIMITS: readonly string[] = [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  [
    'wav,w64,aiff,au,caf,flac,wv,tta,ape,mp3,aac,ac3,eac3,amr,amrnb,amrwb,ogg',
    'mov,mp4,m4a,3gp,3g2,matroska,webm,avi,asf,flv,mpeg,mpegts',
  ].join(','),
];

/** `file:` prevents that a name such as `-x` or `concat:a|b` is read as an option or another protocol. */
export const asFile = (path: string): string => `file:${path}`;

/** Throws `MissingBinaryError` unless both programs start. */
export async function requireMediaBinaries({ ffmpeg, ffprobe }: MediaBinaries): Promise<void> {
  for (const binary of [ffmpeg, ffprobe]) await runMediaTool(binary, ['-version']);
}

/** The last position that ffmpeg reported with `-progress`; null before the first. */
export function reportedSeconds(progress: string): number | null {
  const last = [...progress.matchAll(/^out_time_us=(\d+)$/gm)].at(-1);
  return last ? Number(last[1]) / 1e6 : null;
}

export interface ToolOutcome {
  /** Null when the program was ended by a signal, or by our time or output limit. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs ffmpeg or ffprobe without a shell. A failing program is a result, not an error: the caller knows what it means.
 * Throws `MissingBinaryError`, and, once the program has ended, the signal's reason.
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
  const { signal, timeoutMs, stdin, onOutput } = options;
  signal?.throwIfAborted();
  const outcome = await new Promise<ToolOutcome>((resolve, reject) => {
    const kill = (): void => void child.kill('SIGKILL');
    const child = execFile(
      binary,
      args,
      {
        maxBuffer: MAX_OUTPUT_BYTES,
        killSignal: 'SIGKILL', // on SIGTERM ffmpeg finishes its file, which can take long
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
      },
      (error, stdout, stderr) => {
        signal?.removeEventListener('abort', kill);
        if (error?.code === 'ENOENT' || error?.code === 'EACCES') {
          reject(new MissingBinaryError(binary, error));
        } else resolve({ exitCode: child.exitCode, stdout, stderr });
      },
    );
    // execFile's own `signal` would return before the program has closed its files.
    signal?.addEventListener('abort', kill, { once: true });
    if (onOutput) child.stdout?.on('data', onOutput);
    if (stdin && child.stdin) {
      // A program that exits early closes its input; its exit code is enough, the broken pipe adds nothing.
      child.stdin.on('error', () => stdin.destroy());
      // Input that cannot be read to the end must not look like a short recording.
      stdin.on('error', kill);
      stdin.pipe(child.stdin);
    }
  });
  signal?.throwIfAborted();
  return outcome;
}

/** ffprobe's JSON is some kB, the progress of decoding two hours some 100 kB. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
