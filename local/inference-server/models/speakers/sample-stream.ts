import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { asFile, INPUT_LIMITS } from '../../../../adapters/media/media-binaries.ts';

/** Hertz of all samples here. */
export const RATE = 16_000;

export interface SampleStream {
  /**
   * The samples from `start` on, from -1 to 1: fewer than `length` at the end of the recording. `start` never goes back, and
   * what lies before it is forgotten.
   */
  readonly read: (start: number, length: number) => Promise<Float32Array<ArrayBuffer>>;
  readonly close: () => Promise<void>;
}

/** Decodes the first audio stream of a file to one channel of 16 kHz as it is read. What ffmpeg cannot read has no samples. */
export function openSampleStream(ffmpeg: string, path: string): SampleStream {
  const input = [...INPUT_LIMITS, '-i', asFile(path), '-map', '0:a:0'];
  const output = ['-ac', '1', '-ar', String(RATE), '-f', 'f32le', 'pipe:1'];
  const child = spawn(ffmpeg, ['-v', 'quiet', '-nostdin', '-threads', '1', ...input, ...output], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'close');
  exited.catch(() => undefined); // reported at the end of the output
  const blocks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let ended = false;
  /** What is kept, from byte `first` of the recording on. */
  let parts: Buffer[] = [];
  let first = 0;
  let kept = 0;
  /** False: there is no more. */
  const readMore = async (): Promise<boolean> => {
    if (ended) return false;
    const next = await blocks.next();
    if (next.done === true) {
      ended = true;
      await exited; // rejects if ffmpeg did not start
      return false;
    }
    parts.push(next.value);
    kept += next.value.length;
    return true;
  };
  const forgetBefore = (byte: number): void => {
    while (parts[0] !== undefined && first + parts[0].length <= byte) {
      first += parts[0].length;
      kept -= parts[0].length;
      parts.shift();
    }
  };
  return {
    read: async (start, length) => {
      const [from, to] = [start * FLOAT_BYTES, (start + length) * FLOAT_BYTES];
      forgetBefore(from);
      const isEnough = () => first + kept >= to;
      while (!isEnough() && (await readMore())) forgetBefore(from);
      parts = [Buffer.concat(parts)];
      const samples = (parts[0] ?? Buffer.alloc(0)).subarray(from - first, to - first);
      const whole = samples.length - (samples.length % FLOAT_BYTES);
      return new Float32Array(Uint8Array.from(samples.subarray(0, whole)).buffer);
    },
    close: async () => {
      child.kill('SIGKILL');
      child.stdout.destroy(); // unread output would keep `close` from coming
      await exited.catch(() => undefined);
    },
  };
}

const FLOAT_BYTES = 4;
