import { describe, expect, test } from 'vitest';
import { statedDuration } from '../../../../local/inference-server/models/audio-duration.ts';
import { silentWav } from '../client.ts';
import { sampleFlac } from '../start-server.ts';

describe('statedDuration of WAV', () => {
  test('reads the length from the chunks', () => {
    expect(statedDuration(silentWav(2.5))).toBe(2.5);
  });

  test('uses the bytes present if a stream left the size open', () => {
    const file = Buffer.from(silentWav(3));
    file.writeUInt32LE(0xffff_ffff, 40);
    expect(statedDuration(file)).toBe(3);
  });

  test('skips chunks of other kinds', () => {
    const file = Buffer.from(silentWav(1));
    const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');
    expect(statedDuration(Buffer.concat([file.subarray(0, 12), list, file.subarray(12)]))).toBe(1);
  });

  test('is null for anything else', () => {
    for (const bytes of [new Uint8Array(), Buffer.from('RIFF'), silentWav(1).subarray(0, 40)]) {
      expect(statedDuration(bytes)).toBeNull();
    }
    expect(statedDuration(silentWav(0))).toBeNull();
  });
});

describe('statedDuration of FLAC', () => {
  test('reads the stated length', async () => {
    expect(statedDuration(await sampleFlac(3, 7.5))).toBeCloseTo(7.5, 3);
  });

  test.each([new Uint8Array(), Buffer.from('RIFF and so on, long enough to be a header of FLAC')])(
    'is null for anything else',
    (bytes) => {
      expect(statedDuration(bytes)).toBeNull();
    },
  );
});
