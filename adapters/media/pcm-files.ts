import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';

/** Files of signed 16-bit little-endian mono samples at 16 kHz. */
export const BYTES_PER_SAMPLE = 2;

/** How many samples a file holds; 0 if there is no file. */
export async function samplesOf(path: string): Promise<number> {
  try {
    return Math.floor((await stat(path)).size / BYTES_PER_SAMPLE);
  } catch {
    return 0;
  }
}

export const toSampleCount = (seconds: number): number => Math.round(seconds * SAMPLE_RATE);

/** Makes a file that long, with silence at its end; a longer one stays as it is. Where there is none, all is silence. */
export async function padTo(path: string, samples: number): Promise<void> {
  if ((await samplesOf(path)) >= samples) return;
  const file = await open(path, 'a');
  try {
    await file.truncate(samples * BYTES_PER_SAMPLE);
  } finally {
    await file.close();
  }
}

/** Appends the sound of `from` to `to`. */
export async function append(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createWriteStream(to, { flags: 'a' }));
}

/** Puts silence before the sound of a file, by writing it to `to`. */
export async function delay(from: string, to: string, samples: number): Promise<void> {
  await rm(to, { force: true });
  await padTo(to, samples);
  await append(from, to);
}

/** Several files side by side, in blocks of up to `samples`; a file that ends earlier is silent from there. */
export async function* sideBySide(
  paths: readonly string[],
  samples: number,
): AsyncGenerator<readonly Int16Array[]> {
  const files = await Promise.all(paths.map((path) => open(path)));
  try {
    for (let at = 0; ; at += samples) {
      const blocks = await Promise.all(
        files.map(async (file) => {
          const block = new Int16Array(samples);
          const { bytesRead } = await file.read(block, 0, block.byteLength, at * BYTES_PER_SAMPLE);
          return { block, read: Math.floor(bytesRead / BYTES_PER_SAMPLE) };
        }),
      );
      const longest = Math.max(...blocks.map(({ read }) => read));
      if (longest === 0) return;
      yield blocks.map(({ block }) => block.subarray(0, longest));
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

/** The sum of several files, each with its weight, in a new file. */
export async function mix(
  tracks: readonly { readonly path: string; readonly weight: number }[],
  to: string,
): Promise<void> {
  const paths = tracks.map(({ path }) => path);
  const sums = async function* () {
    for await (const blocks of sideBySide(paths, SAMPLE_RATE)) {
      const sum = new Int16Array(blocks[0]?.length ?? 0);
      for (let index = 0; index < sum.length; index += 1) {
        let value = 0;
        tracks.forEach(({ weight }, track) => (value += (blocks[track]?.[index] ?? 0) * weight));
        sum[index] = Math.max(-32_768, Math.min(32_767, Math.round(value)));
      }
      yield Buffer.from(sum.buffer);
    }
  };
  await pipeline(sums, createWriteStream(to));
}
