import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frameEnergy } from '../../../adapters/media/frame-energy.ts';
import { withFolder } from './with-folder.ts';

test('each 20 ms have their mean square, also the shorter last ones', async () => {
  await withFolder(async (folder) => {
    // 1,500 frames span several blocks of the file; frame n holds the sample value n.
    const samples = Int16Array.from({ length: 1500 * 320 + 10 }, (_, index) =>
      Math.floor(index / 320),
    );
    const pcmPath = join(folder, 'pcm');
    await writeFile(pcmPath, Buffer.from(samples.buffer));
    const energies = await frameEnergy(pcmPath);
    expect([...energies]).toEqual(Array.from({ length: 1501 }, (_, frame) => frame ** 2));
  });
});
