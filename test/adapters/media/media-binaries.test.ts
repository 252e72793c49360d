import { expect, test } from 'vitest';
import {
  MEDIA_BINARIES,
  requireMediaBinaries,
  runMediaTool,
} from '../../../adapters/media/media-binaries.ts';
import { MediaMachineError, MissingBinaryError } from '../../../adapters/media/media-errors.ts';

test('both programs of ffmpeg must be installed', async () => {
  await expect(requireMediaBinaries(MEDIA_BINARIES)).resolves.toBeUndefined();
  for (const name of ['ffmpeg', 'ffprobe']) {
    const wrong = { ...MEDIA_BINARIES, [name]: `/nowhere/${name}` };
    const failure: unknown = await requireMediaBinaries(wrong).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MissingBinaryError);
    expect(failure).toMatchObject({
      message: expect.stringContaining(`/nowhere/${name}`) as string,
    });
  }
});

test('a program that takes too long is ended, and is the trouble of the machine', async () => {
  const running = runMediaTool('sleep', ['60'], { timeoutMs: 50 });
  await expect(running).rejects.toThrow(MediaMachineError);
  await expect(running).rejects.toThrow('sleep did not end within 50 ms');
});
