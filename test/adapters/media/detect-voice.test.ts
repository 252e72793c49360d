import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detectVoice } from '../../../adapters/media/detect-voice.ts';
import { ffmpeg, SAMPLE, withFolder } from './with-folder.ts';

const RATE = 16_000;

test('voice is found between silences, and only there', async () => {
  await withFolder(async (folder) => {
    const speech = await ffmpeg('-i', SAMPLE, '-t', '8', '-f', 's16le', '-');
    const silence = Buffer.alloc(6 * RATE * 2);
    const pcmPath = join(folder, 'pcm');
    await writeFile(pcmPath, Buffer.concat([silence, speech, silence]));
    const heard: number[] = [];
    const { samples, spans } = await detectVoice({ pcmPath, onProgress: (at) => heard.push(at) });
    expect(samples).toBe(20 * RATE);
    const first = spans[0]?.startSample ?? 0;
    const last = spans.at(-1)?.endSample ?? 0;
    expect(first / RATE).toBeGreaterThan(5.8);
    expect(first / RATE).toBeLessThan(6.6);
    expect(last / RATE).toBeGreaterThan(12.5);
    expect(last / RATE).toBeLessThan(14.2);
    expect(heard.at(-1)).toBeCloseTo(20, 1);
  });
});

test('noise and tones are not voice', async () => {
  await withFolder(async (folder) => {
    for (const source of ['anoisesrc=d=5:a=0.05:c=pink:seed=1', 'sine=f=300:d=5']) {
      const pcmPath = join(folder, 'pcm');
      await ffmpeg('-f', 'lavfi', '-i', source, '-ar', '16000', '-ac', '1', '-f', 's16le', pcmPath);
      const { spans } = await detectVoice({ pcmPath });
      expect({ source, spans }).toEqual({ source, spans: [] });
    }
  });
});

test('timers run during detection, and an abort ends it', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await ffmpeg('-i', SAMPLE, '-f', 's16le', pcmPath);
    const stop = new AbortController();
    const reason = new Error('the job was cancelled');
    let beats = 0;
    const heart = setInterval(() => {
      beats += 1;
      if (beats === 5) stop.abort(reason);
    }, 20);
    try {
      await expect(detectVoice({ pcmPath, signal: stop.signal })).rejects.toBe(reason);
    } finally {
      clearInterval(heart);
    }
    expect(beats).toBeGreaterThanOrEqual(5);
  });
});
