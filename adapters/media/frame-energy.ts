import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { BYTES_PER_SAMPLE } from './pcm-files.ts';

/** 20 ms at 16 kHz: short enough to fit between two words. */
export const ENERGY_FRAME_SAMPLES = 320;

/**
 * Mean square of each 20 ms of s16le samples, from frame `from` up to, not including, `to`; the last frame of the recording
 * may be shorter. A day gives 4,320,000 numbers. Throws the signal's reason.
 */
export async function frameEnergy(
  pcmPath: string,
  {
    from = 0,
    to = Infinity,
    signal,
  }: {
    readonly from?: number;
    readonly to?: number;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Float64Array> {
  const frames = Math.min(to, Math.ceil((await stat(pcmPath)).size / FRAME_BYTES)) - from;
  if (frames <= 0) return new Float64Array();
  const energies = new Float64Array(frames);
  let count = 0;
  const blocks: AsyncIterable<Buffer> = createReadStream(pcmPath, {
    start: from * FRAME_BYTES,
    end: to * FRAME_BYTES - 1,
    highWaterMark: BLOCK_BYTES,
  });
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of blocks) {
    signal?.throwIfAborted();
    const bytes = rest.length > 0 ? Buffer.concat([rest, block]) : block;
    const whole = bytes.length - (bytes.length % FRAME_BYTES);
    for (let offset = 0; offset < whole; offset += FRAME_BYTES) {
      energies[count] = meanSquare(bytes, offset, FRAME_BYTES);
      count += 1;
    }
    rest = bytes.subarray(whole);
  }
  if (rest.length >= BYTES_PER_SAMPLE) {
    energies[count] = meanSquare(rest, 0, rest.length);
    count += 1;
  }
  return energies.subarray(0, count);
}

const FRAME_BYTES = ENERGY_FRAME_SAMPLES * BYTES_PER_SAMPLE;
const BLOCK_BYTES = 1024 * FRAME_BYTES;

function meanSquare(bytes: Buffer, offset: number, length: number): number {
  let sum = 0;
  const samples = Math.floor(length / BYTES_PER_SAMPLE);
  for (let index = 0; index < samples; index += 1) {
    sum += bytes.readInt16LE(offset + index * BYTES_PER_SAMPLE) ** 2;
  }
  return sum / samples;
}
