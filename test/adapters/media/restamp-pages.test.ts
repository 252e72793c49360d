import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { oggPages } from '../../support/ogg-pages.ts';
import { ffmpeg, toSamples, withFolder } from './with-folder.ts';

const PITCH = { from: 200, perSecond: 50 };
/** A pitch that rises by 50 Hz a second tells when each moment was recorded. */
const RISING = `aevalsrc='0.4*sin(2*PI*(${PITCH.from}*t+${PITCH.perSecond / 2}*t*t))':s=16000:d=20`;

/** Which second of the rising pitch a quarter of a second holds; null: it is silent. */
function secondHeard(samples: Int16Array): number | null {
  if (samples.reduce((sum, value) => sum + Math.abs(value), 0) / samples.length < 100) return null;
  const crossings = samples.reduce(
    (count, value, at) => count + (at > 0 && value >= 0 !== (samples[at - 1] ?? 0) >= 0 ? 1 : 0),
    0,
  );
  return (crossings / 2 / (samples.length / 16_000) - PITCH.from) / PITCH.perSecond;
}

const SPEEX = ['-c:a', 'libspeex'];
const SOUND = 900;
const TIME = 6;
/** Pages of a second: 0 and 1 are headers, and page 2 begins at 0 s. */
const CASES = [
  ['Speex', SPEEX, [11], SOUND],
  ['FLAC', ['-c:a', 'flac'], [11], SOUND],
  ['several pages', SPEEX, [5, 11, 12], SOUND],
  ['pages whose own time is wrong', SPEEX, [11], TIME],
] as const;

test.each(CASES)(
  'what follows damaged pages of Ogg keeps its time: %s',
  async (_name, codec, wrong, wrongAt) => {
    await withFolder(async (folder) => {
      const path = join(folder, 'rising.ogg');
      await ffmpeg('-f', 'lavfi', '-i', RISING, ...codec, path);
      const bytes = await readFile(path);
      const pages = oggPages(bytes);
      for (const number of wrong) {
        const from = (pages[number]?.at ?? 0) + wrongAt;
        for (let at = from; at < from + 8; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
      }
      await writeFile(path, bytes);
      const { sound, preparationVersion } = await decodeRecording({
        path,
        pcmPath: join(folder, 'pcm'),
      });
      // Answers to what stood a page early are not taken for answers to this.
      expect(preparationVersion).toBe(3);
      const samples = toSamples(await readFile(join(folder, 'pcm')));
      const damage = sound.tracks[0]?.damage ?? [];
      for (let second = 0.25; second < 19.5; second += 0.25) {
        if (damage.some(({ start, end }) => start < second + 0.25 && end > second)) continue;
        const heard = secondHeard(samples.subarray(second * 16_000, (second + 0.25) * 16_000));
        expect(heard).toBeCloseTo(second + 0.125, 0.3);
      }
      const lost = damage.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(lost).toBeGreaterThan(0.95 * wrong.length);
      expect(lost).toBeLessThan(1.2 * wrong.length);
      // The file itself stays as it is.
      expect(await readFile(path)).toEqual(bytes);
    });
  },
);
