import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MEDIA_BINARIES } from '../../adapters/media/media-binaries.ts';
import { createRandom } from '../../local/inference-server/models/random.ts';
import { SAMPLE_RATE } from '../../workflows/contracts/chunk-plan.ts';

/** s16le at 16 kHz, mono. */
export type Speech = Buffer;

const BYTES_A_SECOND = SAMPLE_RATE * 2;

/**
 * Writes a FLAC of exactly `seconds`: pieces of speech in random order, with pauses of 0.2 to 2.5 s and every
 * twentieth of 6 to 15 s, which the planner takes for silence. The same for the same seed.
 */
export async function writeRecording(options: {
  readonly path: string;
  readonly seconds: number;
  readonly pieces: readonly [Speech, ...Speech[]];
  readonly seed: string;
}): Promise<void> {
  const ffmpeg = spawn(
    MEDIA_BINARIES.ffmpeg,
    [
      ['-nostdin', '-y', '-v', 'error', '-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1'],
      ['-i', 'pipe:0', '-compression_level', '0', options.path],
    ].flat(),
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(ffmpeg, 'exit');
  for (const block of blocks(options)) {
    if (!ffmpeg.stdin.write(block)) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}

function* blocks({ seconds, pieces, seed }: Parameters<typeof writeRecording>[0]) {
  const random = createRandom(seed);
  let left = seconds * BYTES_A_SECOND;
  while (left > 0) {
    const long = random.number() < 1 / 20;
    const pause = long ? random.between(6, 15) : random.between(0.2, 2.5);
    const silence = Buffer.alloc(Math.floor(pause * SAMPLE_RATE) * 2);
    for (const block of [random.pick(pieces), silence]) {
      const taken = block.subarray(0, left);
      if (taken.length > 0) yield taken;
      left -= taken.length;
    }
  }
}
