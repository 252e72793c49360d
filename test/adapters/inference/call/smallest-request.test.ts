import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { probeRecording } from '../../../../adapters/media/probe-recording.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { sniffPicture } from '../../../../adapters/inference/protocols/reading/picture-reply.ts';

test('the silence is FLAC of 16 kHz, mono, as long as it says', () => {
  const { audio, durationSeconds } = smallestInput('transcribe');
  const bytes = Buffer.from(audio as Uint8Array);
  expect(bytes.subarray(0, 4).toString()).toBe('fLaC');
  // STREAMINFO (RFC 9639, 8.2): 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of samples, at byte 18.
  const packed = bytes.readBigUInt64BE(18);
  expect(Number(packed >> 44n)).toBe(16_000);
  expect(Number((packed >> 41n) & 7n)).toBe(0);
  expect(Number(packed & 0xf_ffff_ffffn) / 16_000).toBe(durationSeconds);
});

test('the silence is WAV where the provider reads no FLAC', async () => {
  const { audio, mediaType, durationSeconds } = smallestInput('transcribe', { contract: 'fal' });
  expect(mediaType).toBe('audio/x-wav');
  const folder = await mkdtemp(join(tmpdir(), 'hansard-smallest-'));
  try {
    const path = join(folder, 'silence.wav');
    await writeFile(path, audio as Uint8Array);
    await expect(probeRecording(path)).resolves.toMatchObject({ durationSeconds });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the picture is a PNG that decodes', async () => {
  const { image, mediaType } = smallestInput('moderate');
  expect(sniffPicture(image)).toBe(mediaType);
  expect(await sharp(image).metadata()).toMatchObject({ format: 'png', width: 8, height: 8 });
});

test('pictures are told by their first bytes', async () => {
  const plain = sharp({ create: { width: 4, height: 4, channels: 3, background: '#123' } });
  expect(sniffPicture(await plain.clone().jpeg().toBuffer())).toBe('image/jpeg');
  expect(sniffPicture(await plain.clone().webp().toBuffer())).toBe('image/webp');
  expect(sniffPicture(await plain.clone().png().toBuffer())).toBe('image/png');
  expect(sniffPicture(await plain.clone().gif().toBuffer())).toBeNull();
  expect(sniffPicture(Buffer.from('<svg/>'))).toBeNull();
  expect(sniffPicture(new Uint8Array())).toBeNull();
});
