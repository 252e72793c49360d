import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { MediaMachineError, MissingBinaryError } from './media-errors.ts';

/** The programs of ffmpeg: names on PATH, or paths. */
export interface MediaBinaries {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}
export const MEDIA_BINARIES: MediaBinaries = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/**
 * What ffmpeg may open: one local file, or a range of its bytes, in a container that holds its own bytes. Without the list
 * of formats, a playlist (HLS, concat) submitted as a recording could make it read other files of the server.
 */
export const INPUT_LIMITS: readonly string[] = [
  '-protocol_whitelist',
  'file,subfile',
  '-format_whitelist',
  [
    'wav,w64,aiff,au,caf,flac,wv,tta,ape,mp3,aac,loas,ac3,eac3,dts,dtshd,truehd,mlp,ogg',
    'amr,amrnb,amrwb,gsm,g722,g723_1,g729,ilbc,sln,dss,act,qcp,voc,rso,sox,nistsphere',
    'ircam,mpc,mpc8,tak,dsf,oma,shn,rm',
    'mov,mp4,m4a,3gp,3g2,matroska,webm,avi,asf,flv,mpeg,mpegts,mxf,nut,wtv,dv',
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
  readonly exitCode: number;
  readonly stdout: string;
  /** Its last 64 kB. */
  readonly stderr: string;
}

interface ToolOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly stdin?: Readable | undefined;
  /** Gets the standard output block by block; it is then not kept. */
  readonly onOutput?: ((block: Buffer) => void) | undefined;
  /** Gets each line of the log. */
  readonly onLogLine?: ((line: string) => void) | undefined;
}

/**
 * Runs ffmpeg or ffprobe without a shell. A failing program is a result, not an error: the caller knows what it means.
 * Throws `MissingBinaryError`; `MediaMachineError` if the program was ended from outside, took too long, or found the disk
 * full; and, once the program has ended, the signal's reason.
 */
export async function runMediaTool(
  binary: string,
  args: readonly string[],
  { signal, timeoutMs, stdin, onOutput, onLogLine }: ToolOptions = {},
): Promise<ToolOutcome> {
  signal?.throwIfAborted();
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // On SIGTERM ffmpeg finishes its file, which can take long.
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  let isLate = false;
  const deadline = setTimeout(() => (isLate = kill()), timeoutMs ?? LONGEST_MS);
  // Input that cannot be read to the end must not look like a short recording.
  let unreadable: Error | null = null;
  if (stdin === undefined) child.stdin.end();
  else {
    // A program that exits early closes its input; its exit code is enough, the broken pipe adds nothing.
    child.stdin.on('error', () => stdin.destroy());
    stdin.on('error', (error) => {
      unreadable = error;
      kill();
    });
    stdin.pipe(child.stdin);
  }
  const output: Buffer[] = [];
  child.stdout.on('data', onOutput ?? ((block: Buffer) => output.push(block)));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (onLogLine) {
      const lines = (log + text).split('\n');
      log = lines.pop() ?? '';
      lines.forEach(onLogLine);
    } else log = (log + text).slice(-LOG_CHARACTERS);
  });
  try {
    await once(child, 'close');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'EACCES') throw new MissingBinaryError(binary, error);
    throw new MediaMachineError(`${binary} could not be started (${String(code)})`, error);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', kill);
  }
  signal?.throwIfAborted();
  if (unreadable !== null) throw unreadable;
  const { exitCode, signalCode } = child;
  if (isLate)
    throw new MediaMachineError(`${binary} did not end within ${timeoutMs ?? LONGEST_MS} ms`);
  if (exitCode === null) {
    throw new MediaMachineError(
      `${binary} was ended from outside (${signalCode ?? 'unknown signal'}), as happens when memory runs out`,
    );
  }
  return { exitCode, stdout: Buffer.concat(output).toString(), stderr: log };
}

/** Longer than decoding a day of sound takes on a slow machine. */
const LONGEST_MS = 6 * 60 * 60 * 1000;
const LOG_CHARACTERS = 64 * 1024;
