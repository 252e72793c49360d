import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeStream } from '../../../adapters/media/decode-stream.ts';
import { MediaMachineError } from '../../../adapters/media/media-errors.ts';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import { requireScratchSpace } from '../../../adapters/media/scratch-space.ts';
import { SAMPLE, withFolder } from './with-folder.ts';

test('a disk without room for a recording is named, with what is free and what is needed', async () => {
  await withFolder(async (folder) => {
    await expect(requireScratchSpace(folder, 1)).resolves.toBeUndefined();
    const refused = requireScratchSpace(folder, 4e15);
    await expect(refused).rejects.toThrow(MediaMachineError);
    await expect(refused).rejects.toThrow(folder);
    await expect(refused).rejects.toThrow(
      /has \d+\.\d MB free; this recording needs 4000000000\.0 MB/,
    );
  });
});

test('a disk that fills up while a recording is decoded is no damage of the recording', async () => {
  await withFolder(async (folder) => {
    const [part] = (await probeRecording(SAMPLE)).parts;
    const [stream] = part?.streams ?? [];
    if (!part || !stream) throw new Error('the sample has a stream');
    await symlink('/dev/full', join(folder, 'stream-0-0.s16le'));
    const decoding = decodeStream(part, stream, folder, { maxSeconds: 200 });
    await expect(decoding).rejects.toThrow(MediaMachineError);
    await expect(decoding).rejects.toThrow(`scratch folder ${folder} has`);
  });
});

test('a recording for which there is no room is refused before anything of it is decoded', async () => {
  await withFolder(async (folder) => {
    const [part] = (await probeRecording(SAMPLE)).parts;
    const [stream] = part?.streams ?? [];
    if (!part || !stream) throw new Error('the sample has a stream');
    const long = { ...stream, seconds: 4e10 };
    const decoding = decodeStream(part, long, folder, { maxSeconds: 200 });
    await expect(decoding).rejects.toThrow(MediaMachineError);
    await expect(decoding).rejects.toThrow('this recording needs 2560000000.0 MB');
    expect(await readdir(folder)).toEqual([]);
  });
});
