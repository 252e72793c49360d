import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyAsOpus } from '../../../adapters/media/copy-as-opus.ts';
import { MEDIA_BINARIES, runMediaTool } from '../../../adapters/media/media-binaries.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-opus-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ffmpeg = (...args: string[]) => runMediaTool('ffmpeg', ['-nostdin', ...args]);

test('speakers on channels of their own are heard together, each when they spoke', async () => {
  const path = join(folder, 'two.wav');
  const copyPath = join(folder, 'copy.ogg');
  // The left channel sounds from 0 to 2 s, the right one from 2 to 4 s.
  const left = ['-f', 'lavfi', '-i', 'sine=f=440:d=2,apad=whole_dur=4'];
  const right = ['-f', 'lavfi', '-i', 'sine=f=1500:d=2,adelay=2000'];
  const joined = ['-filter_complex', '[0][1]join=inputs=2:channel_layout=stereo'];
  await ffmpeg(...left, ...right, ...joined, path);
  await copyAsOpus({ path, copyPath, scratch: folder, binaries: MEDIA_BINARIES });

  /** Mean level in dB of a band between two moments. */
  const level = async (hertz: number, from: number, to: number): Promise<number> => {
    const filter = `atrim=${from}:${to},bandpass=f=${hertz}:width_type=h:w=100,volumedetect`;
    const { stderr } = await ffmpeg('-i', copyPath, '-af', filter, '-f', 'null', '-');
    return Number(/mean_volume: (-?[\d.]+)/.exec(stderr)?.[1]);
  };
  const early = (await level(440, 0.2, 1.8)) - (await level(1500, 0.2, 1.8));
  const late = (await level(1500, 2.2, 3.8)) - (await level(440, 2.2, 3.8));
  expect(Math.min(early, late)).toBeGreaterThan(10);
});
