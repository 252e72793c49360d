import { describe, expect, it } from 'vitest';
import { wavDuration } from '../../../../local/inference-server/models/wav-duration.ts';
import { silentWav } from '../client.ts';

describe('wavDuration', () => {
  it('reads the length from the chunks', () => {
    expect(wavDuration(silentWav(2.5))).toBe(2.5);
  });

  it('counts what is there where a stream left the size open', () => {
    const file = Buffer.from(silentWav(3));
    file.writeUInt32LE(0xffff_ffff, 40);
    expect(wavDuration(file)).toBe(3);
  });

  it('skips chunks of other kinds', () => {
    const file = Buffer.from(silentWav(1));
    const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1');
    expect(wavDuration(Buffer.concat([file.subarray(0, 12), list, file.subarray(12)]))).toBe(1);
  });

  it('knows no length of anything else', () => {
    for (const bytes of [new Uint8Array(), Buffer.from('RIFF'), silentWav(1).subarray(0, 40)]) {
      expect(wavDuration(bytes)).toBeNull();
    }
    expect(wavDuration(silentWav(0))).toBeNull();
  });
});
